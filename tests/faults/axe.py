"""The axe: ends the program at any border of journal and server, as a power cut would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kdgui.k3cloud.session import Session
from kdgui.store.journal import Journal


class Killed(BaseException):
    """The power went: nothing of the program goes on after this, whatever it had in mind."""


@dataclass
class Axe:
    """Ends the program at a border: before or after any use of the journal, any exchange with the server."""

    left: int = -1
    dead: bool = False

    def tick(self) -> None:
        if self.dead:
            raise Killed
        if self.left == 0:
            self.dead = True
            raise Killed
        self.left -= self.left > 0


class AxedJournal:
    """The journal of a program that may end at any moment."""

    def __init__(self, journal: Journal, axe: Axe) -> None:
        self._journal, self._axe = journal, axe

    def __getattr__(self, name: str) -> object:
        found = getattr(self._journal, name)
        if not callable(found):
            return found

        def called(*args: object, **kwargs: object) -> object:
            self._axe.tick()
            result = found(*args, **kwargs)
            self._axe.tick()
            return result

        return called


@contextmanager
def axed_exchanges(axe: Axe) -> Iterator[None]:
    """Every exchange of every session may be the last, before its first byte or after its answer."""
    exchange = Session._exchange

    def axed(self: Session, *args: object, **kwargs: object) -> object:
        axe.tick()
        result = exchange(self, *args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        axe.tick()
        return result

    Session._exchange = axed  # type: ignore[method-assign,assignment]  # for as long as the schedule runs
    try:
        yield
    finally:
        Session._exchange = exchange  # type: ignore[method-assign]
