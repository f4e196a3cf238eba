"""Bills as the server knows them: source bills, target bills and their states."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class DocumentStatus(StrEnum):
    """FDocumentStatus (protocol 3.3)."""

    DRAFT = "Z"
    SAVED = "A"
    SUBMITTED = "B"
    APPROVED = "C"
    REOPENED = "D"


@dataclass(frozen=True, slots=True)
class SourceBill:
    """One source bill as the guard read it.

    Attributes:
        id: its FID, digits as text; two rows with one FID are one bill.
        number: FBillNo as the server spells it.
        status: FDocumentStatus, or None where the form has no such field.
        fields: further fields that the form has, by key ("FCloseStatus": "A").
    """

    id: str
    number: str
    status: str | None = None
    fields: tuple[tuple[str, str], ...] = ()

    def field(self, key: str) -> str | None:
        """The value of a further field, or None where the form has no such field."""
        return dict(self.fields).get(key)


@dataclass(frozen=True, slots=True)
class TargetBill:
    """One target bill: form id, id (digits as text), number ("" for a draft), status Z/A/B/C/D or None."""

    form_id: str
    id: str
    number: str = ""
    status: str | None = None

    @property
    def label(self) -> str:
        """How people call it: by its number; a draft has none, and goes by its id."""
        return self.number or f"FID {self.id}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What one target bill looks like, for the clerk to look at; "" and None where the form does not tell.

    Attributes:
        date: its date as the server gave it, "2026-11-23"; `period` the accounting period, "2026-11".
        organisation: number and name of the organisation it belongs to.
        lines: how many lines it has; `quantity` and `amount` are their sums.
        fields: further fields worth seeing: name of the field, value.
    """

    target: TargetBill
    date: str = ""
    period: str = ""
    organisation: str = ""
    lines: int | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DataCentre:
    """A data centre as the server lists it (protocol 1.1): id of 14 hex digits, number, name."""

    id: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation: its id, number and name ("" where the server did not tell)."""

    id: str
    number: str = ""
    name: str = ""
