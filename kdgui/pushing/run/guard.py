"""The guard: before a block is sent, does each source exist, once, approved, open, and not pushed already?

A few questions for a whole block, never one per bill (design section 4.1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import msgspec

from kdgui.domain import msg_codes
from kdgui.domain.accounts import DataCentreKey
from kdgui.domain.bill_numbers import LONGEST_NUMBER, identity
from kdgui.domain.bills import DocumentStatus, SourceBill, TargetBill
from kdgui.domain.errors import BadInput, QueryRefused
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.k3cloud.queries import quote
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.lookup.lookup_result import LinkedTarget, LookupResult
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.run.late_targets import PushedBefore, late_targets
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.discoveries import Discoveries
from kdgui.pushing.schema.field_keys import CLOSED_FIELDS, STATUS_KEY
from kdgui.pushing.schema.form_schema import lines_described, main_of, usual_entry
from kdgui.pushing.schema.query_text import CHUNK, cell_text, chunks, ends_with, id_list
from kdgui.store.journal.records import LastRequest

NEWEST = 200
OLDEST = 20


class EarlierRuns(PushedBefore, Protocol):
    """What earlier runs left in the journal."""

    def last_refused(
        self, data_centre_id: str, form_id: str, bill_ids: Sequence[str]
    ) -> Mapping[str, LastRequest]:
        """The newest request by FID that seems to have made nothing."""


class Columns(msgspec.Struct, frozen=True):
    """What a source form lets us check.

    Attributes:
        checks: its head fields.
        line_key: the column with the ids of the lines that a push consumes as a rule, "" for none.
        further: the same for every other entry of lines: some rules push those.
    """

    checks: tuple[str, ...] = ()
    line_key: str = ""
    further: tuple[str, ...] = ()


NOTHING_KNOWN = Columns()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row that may be sent.

    Attributes:
        lines: the entry ids of all its lines in the usual entry; empty where the form did not tell.
        entry_ids: those lines that are to be pushed alone; empty for the whole bill.
    """

    row: Row
    bill: SourceBill
    lines: frozenset[str] = frozenset()
    entry_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that is not sent, and why; `targets` are the bills that it has already.

    Attributes:
        extra: those of them that the signed-in user made and this program knows nothing of, though it pushed
            the bill: a request may have been repeated on its way.
    """

    row: Row
    reason: Reason
    targets: tuple[TargetBill, ...] = ()
    bill_id: str = ""
    extra: tuple[TargetBill, ...] = ()


@dataclass(frozen=True, slots=True)
class RowWishes:
    """What the clerk decided about single rows, by position (see RunOrder).

    Attributes:
        again: every row may be pushed that has targets already.
    """

    again: bool = False
    chosen: Mapping[int, str] = field(default_factory=dict)
    insisted: frozenset[int] = frozenset()
    lines: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, order: RunOrder) -> RowWishes:
        """The wishes of an order."""
        return cls(order.again, dict(order.chosen), frozenset(order.insisted), dict(order.lines))


class Guard:
    """Checks blocks of rows of one source form and rule. Used from one thread at a time."""

    def __init__(
        self,
        connection: Connection,
        memory: Discoveries,
        past: EarlierRuns,
        *,
        place: DataCentreKey,
        form_id: str,
        rule_id: str,
        wishes: RowWishes,
    ) -> None:
        self._connection = connection
        self._memory = memory
        self._past = past
        self._place = place
        self._form_id = form_id
        self._rule_id = rule_id
        self._wishes = wishes
        self._columns = NOTHING_KNOWN
        self._oldest: SourceBill | None = None

    @property
    def can_see_status(self) -> bool:
        """Whether the form tells if a bill is approved."""
        return STATUS_KEY in self._columns.checks

    def open(self, connection: Connection | None = None) -> None:
        """Find out, over `connection` or its own one, what can be checked on this form.

        Remembered per server and data centre; a second call asks only what the first one could not.

        Raises:
            QueryRefused: the form cannot be asked at all; and what a read raises.
        """
        if self._columns is not NOTHING_KNOWN:
            return
        self._oldest = self._recalled_oldest(connection or self._connection)
        try:
            self._columns = msgspec.json.decode(self._memory.recall("columns", self._key) or "", type=Columns)
        except msgspec.DecodeError:
            self._columns = self._probe(connection or self._connection)

    def _recalled_oldest(self, connection: Connection) -> SourceBill | None:
        known = (self._memory.recall("oldest", self._oldest_key(connection)) or "").partition(" ")
        return SourceBill(known[0], known[2]) if known[2] else self._find_oldest(connection)

    def _find_oldest(self, connection: Connection) -> SourceBill | None:
        """The oldest bill of the form that has a number; asked along with every question, it stands last."""
        rows = connection.query(self._form_id, ("FID", "FBillNo"), order="FID ASC", limit=OLDEST)
        bills = (tuple(map(cell_text, values)) for values in rows)
        found = (
            (bill_id, number) for bill_id, number in bills if bill_id.isdigit() and _can_be_asked(number)
        )
        first = next(found, None)
        if first is None:
            return None
        self._memory.remember("oldest", self._oldest_key(connection), " ".join(first))
        return SourceBill(*first)

    def _oldest_key(self, connection: Connection) -> str:
        here = connection.session.organisation
        return f"{self._key}|{(here.id or here.number) if here else ''}"

    def beside(self, connection: Connection) -> Guard:
        """A guard that knows what this one knows and asks over another connection, for another thread."""
        twin = Guard(
            connection,
            self._memory,
            self._past,
            place=self._place,
            form_id=self._form_id,
            rule_id=self._rule_id,
            wishes=self._wishes,
        )
        twin._columns, twin._oldest = self._columns, self._oldest
        return twin

    @property
    def columns(self) -> Columns:
        """What it asks of the source form; nothing before `open`."""
        return self._columns

    def find(
        self, rows: Sequence[Row], known: Mapping[str, Sequence[Candidate]] | None = None
    ) -> tuple[list[Candidate], list[Refused]]:
        """Ask for the sources of these rows: one question for up to 150 numbers, none where they are `known`.

        One more for each entry of lines where lines are to be pushed that are not in the usual one.

        Raises:
            ConnectionTrouble, SessionLost, SignInRefused, QueryRefused, AnswerUnreadable.
        """
        askable, refused = askable_rows(rows)
        by_number = self._ask_knowing([row.number for row in askable]) if known is None else known
        found: list[Candidate] = []
        for row in askable:
            fitting = _matching(row.number, by_number.get(identity(row.number), ()))
            chosen = self._wishes.chosen.get(row.position)
            fitting = [bill for bill in fitting if chosen in (None, bill.bill.id)]
            if len(fitting) == 1:
                wanted = self._wishes.lines.get(row.position, ())
                found.append(replace(fitting[0], row=row, entry_ids=wanted))
            else:
                refused.append(Refused(row, self._not_one(fitting)))
        owners = self._owners(found)
        candidates: list[Candidate] = []
        for candidate in found:
            reason = self._shut(candidate) or _missing_lines(candidate, owners)
            if reason is None:
                candidates.append(candidate)
            else:
                refused.append(Refused(candidate.row, reason, bill_id=candidate.bill.id))
        return candidates, refused

    def _not_one(self, fitting: Sequence[Candidate]) -> Reason:
        here = self._connection.session.organisation
        if fitting:
            return Reason.of("several_found")
        return Reason.of("not_found", organisation=(here.name or here.number) if here else "")

    def rule_out(
        self, candidates: Sequence[Candidate], sight: LookupResult, lookup: TargetLookup
    ) -> tuple[list[Candidate], list[Refused]]:
        """Leave out what has targets by this rule already, or what our own journal holds in doubt."""
        ids = [candidate.bill.id for candidate in candidates]
        past = self._past.earlier(
            self._place.data_centre_id, self._form_id, self._rule_id, lookup.target_form, ids
        )
        clear: list[Candidate] = []
        refused: list[Refused] = []
        for candidate in candidates:
            bill_id = candidate.bill.id
            targets = lookup.by_this_rule(sight.of(bill_id))
            reason, known = self._objection(candidate, targets, past.get(bill_id, ()))
            if reason is None and not self._insists(candidate):
                others = [target for target in sight.of(bill_id) if target not in targets]
                if others and not candidate.entry_ids:
                    known = tuple(target.bill for target in others)
                    reason = Reason.of("other_rule_pushed", rule=others[0].rule_id, count=len(others))
            if reason is None:
                clear.append(candidate)
            else:
                extra = late_targets(targets, past.get(bill_id, ()), lookup.own_creators(), self._past)
                refused.append(Refused(candidate.row, reason, known, bill_id, extra))
        return clear, refused

    def _objection(
        self, candidate: Candidate, targets: Sequence[LinkedTarget], past: Sequence[Row]
    ) -> tuple[Reason | None, tuple[TargetBill, ...]]:
        bills = tuple(target.bill for target in targets)
        in_doubt = [row for row in past if row.verdict in (Verdict.UNSETTLED, Verdict.SENDING)]
        if in_doubt:  # never sent again, whatever is ticked
            return Reason.of("is_unsettled", run=in_doubt[0].run_id), bills
        if self._insists(candidate):
            return None, ()
        if candidate.entry_ids and targets and all(target.lines for target in targets):
            taken = [target.bill for target in targets if target.lines & set(candidate.entry_ids)]
            return (Reason.of("lines_pushed", count=len(taken)) if taken else None), tuple(taken)
        if targets:
            return Reason.of("already_pushed", count=len(targets)), bills
        done = [row for row in past if row.verdict in (Verdict.PUSHED, Verdict.DRAFTED)]
        if done:
            return Reason.of("already_here", run=done[-1].run_id), done[-1].targets
        return None, ()

    def _insists(self, candidate: Candidate) -> bool:
        return self._wishes.again or candidate.row.position in self._wishes.insisted

    def last_refused(self, candidates: Sequence[Candidate]) -> Mapping[str, LastRequest]:
        """By FID: the newest request of these bills that seems to have made nothing, in whichever run."""
        ids = [candidate.bill.id for candidate in candidates]
        return self._past.last_refused(self._place.data_centre_id, self._form_id, ids)

    def _shut(self, candidate: Candidate) -> Reason | None:
        bill = candidate.bill
        approved = bill.status == DocumentStatus.APPROVED or candidate.row.position in self._wishes.insisted
        if self.can_see_status and not approved:
            return Reason.of("not_approved", status=bill.status or "")
        for key, code in CLOSED_FIELDS.items():
            if bill.field(key) == "B":
                return Reason.of(code)
        return None

    def _ask_knowing(self, numbers: Sequence[str]) -> dict[str, list[Candidate]]:
        """Ask; that a remembered column is no longer there is found out once."""
        try:
            return self._ask(numbers)
        except QueryRefused as refusal:
            if refusal.msg_code != msg_codes.NO_FIELD:
                raise
        self._columns = self._probe(self._connection)
        return self._ask(numbers)

    def _ask(self, numbers: Sequence[str]) -> dict[str, list[Candidate]]:
        keys = ("FID", "FBillNo", *self._columns.checks, *filter(None, (self._columns.line_key,)))
        found: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
        wanted = list(dict.fromkeys(numbers))
        for start in range(0, len(wanted), CHUNK):
            numbers = wanted[start : start + CHUNK]
            oldest = (self._oldest.number,) if self._oldest else ()
            values = ",".join(map(quote, dict.fromkeys((*numbers, *oldest))))
            rows = self._read(keys, f"FBillNo in ({values})")
            if self._oldest and not any(cell_text(cells[0]) == self._oldest.id for cells in rows):
                self._oldest = self._find_oldest(self._connection)  # it was deleted, or is not seen here
            for cells in rows:
                record = dict(zip(keys, map(cell_text, cells), strict=False))
                found[identity(record["FBillNo"])][record["FID"]].append(record)
        return {
            number: [self._candidate(records) for records in bills.values()]
            for number, bills in found.items()
        }

    def _read(self, keys: Sequence[str], filter_string: str) -> list[tuple[object, ...]]:
        return self._connection.query_all(
            self._form_id, keys, filter_string, order="FID DESC", is_whole=self._is_whole
        )

    def _is_whole(self, rows: Sequence[Sequence[object]]) -> bool:
        """Whether these rows, newest bills first, end with the oldest bill of the form: none was cut off."""
        return self._oldest is not None and ends_with(rows, self._oldest.id)

    def _owners(self, candidates: Sequence[Candidate]) -> dict[str, set[str]]:
        """The bills that have the wanted lines which do not stand in the usual entry, by entry id.

        Each entry numbers its lines by itself and is asked by itself, for all bills: Push does not say which
        entry it means, and the same id in another one may be a line of another bill.
        """
        wanted = [entry for item in candidates for entry in item.entry_ids if entry not in item.lines]
        missing = tuple(dict.fromkeys(entry for entry in wanted if entry.isdigit()))
        owners: dict[str, set[str]] = defaultdict(set)
        for key in (self._columns.line_key, *self._columns.further) if self._columns.further else ():
            for chunk in chunks(missing):
                for bill_id, entry in self._lines_there(key, chunk):
                    owners[cell_text(entry)].add(cell_text(bill_id))
        return owners

    def _lines_there(self, key: str, ids: Sequence[str]) -> list[tuple[object, ...]]:
        """FID and entry id of those lines that there are in one entry; [] for one that cannot be asked so."""
        try:
            return self._read(("FID", key), f"{key} in ({id_list(ids)})") if key else []
        except QueryRefused as refusal:
            if key == self._columns.line_key or refusal.msg_code in msg_codes.NO_RIGHT:
                raise
            return []

    def _candidate(self, records: Sequence[Mapping[str, str]]) -> Candidate:
        head = records[0]
        return candidate_of(
            head["FID"], head["FBillNo"], head, (record.get(self._columns.line_key, "") for record in records)
        )

    @property
    def _key(self) -> str:
        return f"{self._place.key}|{self._form_id.casefold()}"

    def _probe(self, connection: Connection) -> Columns:
        """Find out by asking; remembered unless the server was unclear about it."""
        prober = ColumnProbe(connection, self._form_id)
        columns = self._probed(prober, connection)
        if prober.sure:
            self._memory.remember("columns", self._key, msgspec.json.encode(columns).decode())
        return columns

    def _probed(self, prober: ColumnProbe, connection: Connection) -> Columns:
        wanted = (STATUS_KEY, *CLOSED_FIELDS)
        info = connection.business_info(self._form_id)
        head = {field.key.casefold() for field in info.head.fields} if info and info.head else set()
        checks = tuple(key for key in wanted if not head or key.casefold() in head)
        usual = main_of(lines_described(info)) if info else None
        entry = usual.entry if usual else usual_entry(self._form_id)
        main = f"{entry}_FEntryID" if entry else ""
        keys = (f"{other.key}_FEntryID" for other in info.lines) if info else ()
        further = tuple(key for key in keys if key != main)
        # As many rows as a block has at most: an answer of as many lines need not be asked for its next page.
        known = prober.known(("FBillNo", *checks, *filter(None, (main,))), rows=NEWEST)
        return Columns(tuple(key for key in checks if key in known), main if main in known else "", further)


def candidate_of(bill_id: str, number: str, checks: Mapping[str, str], entry_ids: Iterable[str]) -> Candidate:
    """A bill as the guard judges it: what its head fields say, and the lines of its usual entry."""
    fields = tuple((key, checks[key]) for key in CLOSED_FIELDS if key in checks)
    bill = SourceBill(bill_id, number, checks.get(STATUS_KEY), fields)
    return Candidate(Row("", -1, number), bill, frozenset(entry_ids) - {"", "0"})


def _can_be_asked(number: str) -> bool:
    try:
        quote(number)
    except BadInput:
        return False
    return bool(number.strip())


def _matching(number: str, found: Sequence[Candidate]) -> Sequence[Candidate]:
    """The bills of that very spelling, else all that differ in case, width or blanks only."""
    exact = [candidate for candidate in found if candidate.bill.number == number]
    return exact or found


def _missing_lines(candidate: Candidate, owners: Mapping[str, set[str]]) -> Reason | None:
    """Whether lines are wanted that this bill, or not this bill alone, is known to have."""
    known = {entry for entry, bills in owners.items() if bills == {candidate.bill.id}} | candidate.lines
    missing = [entry for entry in candidate.entry_ids if entry not in known]
    return Reason.of("lines_unknown", ids=", ".join(missing)) if missing else None


def askable_rows(rows: Sequence[Row]) -> tuple[list[Row], list[Refused]]:
    """Those whose numbers can be put into a question, and the others."""
    askable: list[Row] = []
    refused: list[Refused] = []
    for row in rows:
        if len(row.number) > LONGEST_NUMBER:
            refused.append(Refused(row, Reason.of("damaged_number", why="too_long")))
            continue
        try:
            quote(row.number)
        except BadInput as trouble:
            refused.append(Refused(row, Reason.of("damaged_number", why=trouble.code)))
        else:
            askable.append(row)
    return askable, refused
