"""What a form is made of: head, entries, fields; found by key without regard to case (protocol 3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LINK_COLUMNS = ("FFlowId", "FFlowLineId", "FRuleId", "FSTableName", "FSBillId", "FSId")
"""The columns of a link row (protocol 3.4); FSBillId and FSId are numbers, the others text."""


class Kind(StrEnum):
    """What a field holds; decides its column type and how a query shows it."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    STATUS = "status"
    BASE = "base"
    LOT = "lot"
    """A batch number (批号): shown as text, written as base data is."""
    KEY = "key"


SQL_TYPES = {
    Kind.TEXT: "TEXT",
    Kind.NUMBER: "REAL",
    Kind.INTEGER: "INTEGER",
    Kind.DATE: "TEXT",
    Kind.STATUS: "TEXT",
    Kind.BASE: "INTEGER",
    Kind.LOT: "TEXT",
    Kind.KEY: "INTEGER",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: key as the form declares it, name on the screen, for base data the form it points to."""

    key: str
    name: str
    kind: Kind = Kind.TEXT
    base: str = ""

    @property
    def property_name(self) -> str:
        """The name that View uses: the key without its leading F (protocol 3.2)."""
        return self.key[1:] if self.key[:1] == "F" else self.key


@dataclass(frozen=True, slots=True)
class Entry:
    """One entity with lines. `table` is its database table, as link rows name it (FSTableName).

    Attributes:
        linked: whether the link rows of a push hang at these lines.
        source_number: key of the field that names the source bill, or "".
        source_type: key of the field that names the source form, or "".
    """

    key: str
    name: str
    table: str
    fields: tuple[Field, ...]
    linked: bool = False
    source_number: str = ""
    source_type: str = ""

    def field(self, key: str) -> Field | None:
        """The field with this key, whatever its case."""
        return _find(self.fields, key)


@dataclass(frozen=True, slots=True)
class FormSpec:
    """One form.

    Attributes:
        key: the key field: FID for bills, something like FSupplierId for base data.
        prefix: what bill numbers begin with; "" for base data.
        partner: key of the supplier or customer field, or "".
        organisation: key of the organisation that a bill belongs to, or "".
        used: False for a form of the catalogue that this company never used: it has no records.
    """

    form_id: str
    name: str
    fields: tuple[Field, ...]
    entries: tuple[Entry, ...] = ()
    key: str = "FID"
    prefix: str = ""
    partner: str = ""
    organisation: str = ""
    used: bool = True

    @property
    def is_bill(self) -> bool:
        """Whether it has bill numbers and states."""
        return bool(self.prefix)

    @property
    def number_key(self) -> str:
        """Key of the field with the bill number, or with the number of base data."""
        return "FBillNo" if self.is_bill else "FNumber"

    def field(self, key: str) -> Field | None:
        """The head field with this key, whatever its case."""
        return _find(self.fields, key)

    def has(self, key: str) -> bool:
        """Whether the head has this field."""
        return self.field(key) is not None

    def entry(self, key: str) -> Entry | None:
        """The entity with this key, whatever its case."""
        wanted = key.casefold()
        return next((entry for entry in self.entries if entry.key.casefold() == wanted), None)

    @property
    def main_entry(self) -> Entry:
        """The first entity: the lines that a push makes, and consumes unless its rule names others."""
        return self.entries[0]

    def source_entry(self, key: str) -> Entry:
        """The entity whose lines a rule consumes that names this key: the first one for ""."""
        return (self.entry(key) if key else None) or self.main_entry

    @property
    def link_entry(self) -> Entry:
        """The entity that carries the link rows and the source number."""
        return next((entry for entry in self.entries if entry.linked), self.entries[0])


class FormBook:
    """All forms that this server knows, found without regard to case (protocol 5)."""

    def __init__(self, forms: Iterable[FormSpec], catalogue: Iterable[tuple[str, str]] = ()) -> None:
        self._forms = {form.form_id.casefold(): form for form in forms}
        for form_id, name in catalogue:
            self._forms.setdefault(form_id.casefold(), _empty_form(form_id, name))

    def find(self, form_id: str) -> FormSpec | None:
        """The form with this id, or None."""
        return self._forms.get(form_id.casefold())

    def get(self, form_id: str) -> FormSpec:
        """The form with this id; KeyError where there is none."""
        return self._forms[form_id.casefold()]

    def used(self) -> tuple[FormSpec, ...]:
        """The forms that have records here."""
        return tuple(form for form in self._forms.values() if form.used)


def _find(fields: tuple[Field, ...], key: str) -> Field | None:
    wanted = key.casefold()
    return next((field for field in fields if field.key.casefold() == wanted), None)


def _empty_form(form_id: str, name: str) -> FormSpec:
    """A form of the catalogue that this small company never used."""
    return FormSpec(
        form_id,
        name,
        (
            Field("FBillNo", "单据编号"),
            Field("FDocumentStatus", "单据状态", Kind.STATUS),
            Field("FDate", "日期", Kind.DATE),
        ),
        used=False,
    )
