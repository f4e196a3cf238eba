"""What the journal takes and gives besides rows: who ran it, what was to be sent, what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.orders import PushOptions
from kdgui.domain.verdicts import Row


@dataclass(frozen=True, slots=True)
class RunHeader:
    """Where and by whom a run was made. Never a password, token or session id.

    Attributes:
        server: base address as text, compared without case.
        user_id: the id that FCreatorId carries on this user's bills, or "".
        organisation: its name, or its number where it has no name; "" where nobody told. Its id and number
            beside it tell where to ask about the run later.
        pc, program: name of the computer; name and version of the program.
        pc_user: who was signed in to the computer, or "" where an older program did not write it.
        practice: made in the practice account.
        pushed_by, pushed_by_id: user and user id of the colleague whose bills are settled in this run.
    """

    server: str
    data_centre_id: str
    data_centre_name: str = ""
    user: str = ""
    user_id: str = ""
    organisation: str = ""
    pc: str = ""
    program: str = ""
    organisation_id: str = ""
    organisation_number: str = ""
    pc_user: str = ""
    practice: bool = False
    pushed_by: str = ""
    pushed_by_id: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """One request of Push, written down before its first byte leaves.

    Attributes:
        bill_ids: FIDs of its bills, in the order of `numbers`; () where they could not be read.
        snapshot: ids of the target bills that were known before.
        body: the parameters of the request as JSON text.
    """

    form_id: str
    rule_id: str
    target_form: str
    bill_ids: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    snapshot: tuple[str, ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class LastRequest:
    """When a request ended (aware, UTC), how (kind and cause of its `Ending`), and by which rule it went."""

    ended_at: datetime
    kind: EndingKind
    cause: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request whose bills' fate is not final, with its rows as they stand now.

    Attributes:
        intended_at: when the intent was written (aware, UTC).
        sent_at: when its last byte left (aware, UTC); None where nothing left, or where the program ended
            before the request did: then only `intended_at` is known.
        ending_kind: None where the program ended before the request did.
        seconds: from the last byte sent to the ending; 0.0 where there was none.
        ending: the ending itself, with the server's answer; None where the program ended before it.
    """

    request_id: int
    run_id: str
    intent: Intent
    rows: tuple[Row, ...]
    intended_at: datetime
    sent_at: datetime | None
    ending_kind: EndingKind | None
    cause: str
    seconds: float
    header: RunHeader
    options: PushOptions
    ending: Ending | None = None

    @property
    def not_read_back(self) -> bool:
        """Whether the server's answer came and nobody has checked what it holds."""
        return self.ending_kind is EndingKind.ANSWERED and self.ending is not None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit trail: when (aware, UTC), run, row (None = the run itself), what, data."""

    at: datetime
    run_id: str
    position: int | None
    what: str
    data: str
