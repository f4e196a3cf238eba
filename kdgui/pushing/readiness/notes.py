"""Notes for the readiness report: its lines one by one, and questions whose refusal is a finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kdgui.domain.errors import AnswerUnreadable, ConnectionTrouble, KdguiError, QueryRefused
from kdgui.domain.readiness import Light, ReadyLine
from kdgui.k3cloud.queries import Row
from kdgui.k3cloud.session import Session
from kdgui.pushing.connection.connection import NOT_OFFERED, Connection
from kdgui.store.catalogue import Catalogue

T = TypeVar("T")


@dataclass(slots=True)
class ReportNotes:
    """Collects lines while asking over one line. Used from one thread.

    A value named `form`, `source` or `told` is a form id; it is written with its name, where one is known.
    """

    connection: Connection
    catalogue: Catalogue
    lines: list[ReadyLine] = field(default_factory=list)

    def note(self, code: str, light: Light, detail: str = "", /, **values: object) -> None:
        """One line more."""
        pairs = tuple((key, self._shown(key, str(value))) for key, value in values.items())
        self.lines.append(ReadyLine(code, light, pairs, detail))

    def _shown(self, key: str, value: str) -> str:
        form = self.catalogue.form(value) if key in ("form", "source", "told") and value else None
        return f"{form.name_zh} {value}" if form is not None and form.name_zh else value

    def refused(self, code: str, light: Light, trouble: KdguiError, /, **values: object) -> None:
        """One line more, about a question that was not answered; the server's own words underneath."""
        self.note(code, light, trouble.detail, cause=trouble.code, **values)

    def ask(self, question: Callable[[Session], T]) -> T | KdguiError:
        """What the server answers, or how it refused; see `attempt`."""
        return self.attempt(lambda: self.connection.read(question))

    def newest(
        self, form_id: str, keys: Sequence[str], filter_string: str = "", *, limit: int = 1
    ) -> list[Row] | KdguiError:
        """The newest rows of a form, or how the server refused."""
        return self.ask(
            lambda session: session.query(form_id, keys, filter_string, order="FID DESC", limit=limit)
        )

    def attempt(self, work: Callable[[], T]) -> T | KdguiError:
        """What `work` brings, or the refusal that it met: a finding like any other.

        Raises:
            ConnectionTrouble, SessionLost, SignInRefused: then there is nobody to ask.
        """
        try:
            return work()
        except (QueryRefused, AnswerUnreadable) as trouble:
            return trouble
        except ConnectionTrouble as trouble:
            if trouble.code in NOT_OFFERED:
                return trouble
            raise
