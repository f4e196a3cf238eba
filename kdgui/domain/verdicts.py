"""Verdicts: what became of one source bill in one run, with reasons as codes and values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kdgui.domain.bills import TargetBill


class Verdict(StrEnum):
    """The only eight words (design section 2), alike in code, journal, window, export and command line."""

    QUEUED = "queued"
    SENDING = "sending"
    PUSHED = "pushed"
    DRAFTED = "drafted"
    FAILED = "failed"
    UNSETTLED = "unsettled"
    SKIPPED = "skipped"
    NOT_SENT = "not_sent"

    @property
    def final(self) -> bool:
        """Whether a run may end with it."""
        return self not in (Verdict.QUEUED, Verdict.SENDING)


_OPEN_CHAIN = frozenset({"chain_unfilled", "chain_unsubmitted", "chain_unaudited", "chain_unsettled"})
"""Notes of a row some target of which is not where it was to be."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code and values; words come from resources/words.<lang>.json under `reason.<code>`.

    Attributes:
        values: what the sentence is filled with, as pairs, so that a reason is hashable.
        said: the server's own words, unchanged, or "".
        msg_code: the MsgCode that came with them, or None.
    """

    code: str
    values: tuple[tuple[str, str], ...] = ()
    said: str = ""
    msg_code: int | None = None

    @classmethod
    def of(cls, code: str, /, said: str = "", msg_code: int | None = None, **values: object) -> Reason:
        """A reason with its values given by name."""
        return cls(code, tuple((key, str(value)) for key, value in values.items()), said, msg_code)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a run: what the clerk gave, and what became of it.

    Attributes:
        position: place in the clerk's list, from 0.
        number: the number as given.
        bill_id: its FID as the guard read it, or "".
        reasons: why it is not `pushed`; every one the server gave, none dropped.
        notes: what else is worth knowing ("7 of 10 lines", "verified").
        checked: a read-back (or a settling) stood behind this verdict.
        presumed: `failed` by silence only (未生成): asked again for 24 hours.
        alarm: more than we asked for turned up, or something contradicts itself.
        partial: pushed, but not all of its lines.
        asked_at: when the server was last asked about this bill (aware, UTC), or None.
        quiet_until: for `unsettled` while the program is asking: when it stops (aware, UTC), or None.
        by_hand: the clerk settled it by hand; who and why are in the journal.
    """

    run_id: str
    position: int
    number: str
    verdict: Verdict = Verdict.QUEUED
    bill_id: str = ""
    targets: tuple[TargetBill, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    checked: bool = False
    presumed: bool = False
    alarm: bool = False
    partial: bool = False
    asked_at: datetime | None = None
    quiet_until: datetime | None = None
    by_hand: bool = False

    @property
    def watched(self) -> bool:
        """Whether it is asked about for 24 hours: failed by silence, or by a no that nobody could check."""
        unchecked = any(note.code == "unverified" for note in self.notes)
        return self.verdict is Verdict.FAILED and (self.presumed or unchecked)

    @property
    def half_done(self) -> bool:
        """Whether what was to follow its push (fill, submit, audit) has not come to its end (未走完)."""
        return any(note.code in _OPEN_CHAIN for note in self.notes)

    @property
    def deleted(self) -> bool:
        """Whether this program deleted all that its push made: nothing to be done, and no failure."""
        return self.verdict is Verdict.FAILED and any(
            reason.code == "deleted_here" for reason in self.reasons
        )

    @property
    def needs_hands(self) -> bool:
        """Whether it belongs under 要处理: failed, unsettled, drafted, partial, alarmed or half done."""
        open_still = self.verdict in (Verdict.FAILED, Verdict.UNSETTLED, Verdict.DRAFTED) and not self.deleted
        return open_still or self.partial or self.alarm or self.half_done


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: rows done of all, rows a minute (0.0 = not known yet), seconds left or None."""

    done: int
    total: int
    per_minute: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as the journal keeps it.

    Attributes:
        started_at, ended_at: aware, UTC; `ended_at` None while it runs, or when it was cut off.
        counts: verdict → rows, as of now.
        pc: of a colleague's run, the name of the PC that it was made on; "" for the runs of this journal.
    """

    run_id: str
    started_at: datetime
    ended_at: datetime | None
    server: str
    data_centre_id: str
    data_centre_name: str
    user: str
    organisation: str
    form_id: str
    rule_id: str
    target_form: str
    counts: tuple[tuple[Verdict, int], ...]
    alarms: int = 0
    pc: str = ""

    def count(self, verdict: Verdict) -> int:
        """Rows that carry `verdict` now."""
        return dict(self.counts).get(verdict, 0)

    @property
    def total(self) -> int:
        """All rows of the run."""
        return sum(number for _, number in self.counts)


def count_verdicts(rows: Iterable[Row]) -> tuple[tuple[Verdict, int], ...]:
    """How many rows carry each verdict, in the order of `Verdict`, zeros left out."""
    counts = Counter(row.verdict for row in rows)
    return tuple((verdict, counts[verdict]) for verdict in Verdict if counts[verdict])
