"""Bill states: what the server shows of bills of one form, asked by id: status, who made and changed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kdgui.domain import msg_codes
from kdgui.domain.bills import TargetBill
from kdgui.domain.errors import QueryRefused
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.discoveries import Discoveries
from kdgui.pushing.schema.query_text import CHUNK, cell_text, id_list

KEYS = ("FDocumentStatus", "FCreatorId", "FModifierId", "FCreateDate", "FModifyDate", "FApproverId")
NEWEST = 20
"""How many of the newest bills are looked at for one that must be in an answer."""


@dataclass(frozen=True, slots=True)
class BillState:
    """One bill as the server shows it now; "" for what the form does not tell.

    Attributes:
        created, modified: as the server wrote them; only compared with each other.
    """

    bill: TargetBill
    creator: str = ""
    modifier: str = ""
    created: str = ""
    modified: str = ""
    approver: str = ""

    @property
    def modified_after(self) -> float | None:
        """Seconds between making and last change, both by the server's clock; None where it does not tell."""
        try:
            made, changed = datetime.fromisoformat(self.created), datetime.fromisoformat(self.modified)
            return (changed - made).total_seconds()
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class StatesResult:
    """The answer to a question for bills by id.

    Attributes:
        bills: those that the server shows, by id.
        sure: other bills of the form are in the answer, so one that is not shown is not there.
    """

    bills: Mapping[str, BillState] = field(default_factory=dict)
    sure: bool = False


class BillStates:
    """Asks for bills of one form by id. Used from one thread at a time."""

    def __init__(self, connection: Connection, memory: Discoveries, *, place: str, form_id: str) -> None:
        self.form_id = form_id
        self._connection = connection
        self._memory = memory
        self._key = f"{place}|{form_id.casefold()}"
        self._keys: tuple[str, ...] | None = None
        self._known: tuple[str, ...] = ()

    def look(self, ids: Sequence[str]) -> StatesResult:
        """What the server shows of these bills now: one question for up to 150, complete.

        Raises:
            QueryRefused: the form cannot be asked.
            ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        try:
            return self._look(ids)
        except QueryRefused as refusal:
            if refusal.msg_code != msg_codes.NO_FIELD or self._keys is None:
                raise
        self._keys = None  # a column that was remembered is not there any more
        self._memory.remember("heads", self._key, "")
        return self._look(ids)

    def _look(self, ids: Sequence[str]) -> StatesResult:
        wanted = tuple(dict.fromkeys(bill_id for bill_id in ids if bill_id))
        found: dict[str, BillState] = {}
        sure = True
        for start in range(0, len(wanted), CHUNK - NEWEST):
            chunk = wanted[start : start + CHUNK - NEWEST]
            controls = tuple(bill_id for bill_id in self._known if bill_id not in chunk)
            shown = self._ask((*chunk, *controls))
            if not shown:  # they may all be gone, the controls too: look for a bill that is not
                shown = self._ask((*chunk, *self._newest(chunk)))
            sure = sure and bool(shown)
            self._known = tuple(shown)[-NEWEST:]
            found.update({bill_id: shown[bill_id] for bill_id in chunk if bill_id in shown})
        return StatesResult(found, sure)

    def _ask(self, ids: Sequence[str]) -> dict[str, BillState]:
        keys = ("FID", "FBillNo", *self._columns())
        rows = self._connection.query_all(
            self.form_id,
            keys,
            f"FID in ({id_list(ids)})",
            order="FID ASC",
            is_whole=lambda shown: {cell_text(values[0]) for values in shown} >= set(ids),
        )
        return {state.bill.id: state for state in (self._state(keys, values) for values in rows)}

    def _newest(self, but: Sequence[str]) -> tuple[str, ...]:
        rows = self._connection.query(self.form_id, ("FID",), order="FID DESC", limit=NEWEST)
        ids = (cell_text(values[0]) for values in rows if values)
        return tuple(bill_id for bill_id in ids if bill_id and bill_id not in but)

    def _state(self, keys: Sequence[str], values: Sequence[object]) -> BillState:
        cell = dict(zip(keys, map(cell_text, values), strict=False))
        bill = TargetBill(
            self.form_id, cell.get("FID", ""), cell.get("FBillNo", ""), cell.get("FDocumentStatus") or None
        )
        return BillState(bill, *(cell.get(key, "") for key in KEYS[1:]))

    def _columns(self) -> tuple[str, ...]:
        """Which of the columns this form has; found by asking, and remembered."""
        if self._keys is None:
            remembered = self._memory.recall("heads", self._key)
            if remembered:
                self._keys = tuple(remembered.split())
            else:
                prober = ColumnProbe(self._connection, self.form_id)
                self._keys = prober.known(KEYS)
                if prober.sure:
                    self._memory.remember("heads", self._key, " ".join(self._keys))
        return self._keys
