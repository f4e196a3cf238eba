"""The axe: ends the program at any border of journal and server, as a power cut would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FunctionType

from kdgui.k3cloud.channel import Channel
from kdgui.store.journal.chains import ChainJournal
from kdgui.store.journal.journal import Journal


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


@contextmanager
def axed(axe: Axe) -> Iterator[None]:
    """Every exchange of every session, every use of the journal may be the last: before it, or after it."""
    with ExitStack() as undone:
        _axe_method(axe, Channel, "exchange", undone)
        for owner in (Journal, ChainJournal):
            for name, member in tuple(vars(owner).items()):
                if isinstance(member, FunctionType) and not name.startswith("_") and name != "close":
                    _axe_method(axe, owner, name, undone)
        yield


def _axe_method(axe: Axe, owner: type, name: str, undone: ExitStack) -> None:
    whole = getattr(owner, name)

    def method(self: object, *args: object, **kwargs: object) -> object:
        axe.tick()
        result = whole(self, *args, **kwargs)
        axe.tick()
        return result

    setattr(owner, name, method)
    undone.callback(setattr, owner, name, whole)
