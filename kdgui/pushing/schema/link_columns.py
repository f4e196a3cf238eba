"""Link columns: where a target form shows its source bills, found by probing and remembered.

Which columns a form has differs by form, version and customisation, so nothing is taken for granted: the
entries come from QueryBusinessInfo and from what is known of some forms, and each column is asked for once
(MsgCode 9 says: not there). protocol 3.4 and 3.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.schema.column_probe import ColumnProbe

KNOWN_ENTRIES: dict[str, tuple[str, ...]] = {
    "stk_instock": ("FInStockEntry",),
    "ar_receivebill": ("FRECEIVEBILLSRCENTRY", "FRECEIVEBILLENTRY"),
    "ap_payable": ("FEntityDetail",),
    "ap_paybill": ("FPAYBILLSRCENTRY",),
    "ar_receivable": ("FEntityDetail",),
    "pur_mrb": ("FPURMRBENTRY",),
    "sal_deliverynotice": ("FEntity",),
    "sal_outstock": ("FEntity",),
}
"""Entries known to carry links (protocol 3.4), by form id without case; asked first, never alone."""


COMMON_ENTRIES = ("FEntity", "FEntityDetail", "FEntry", "FBillEntry", "FBillHead")
"""Entry keys to probe where the server does not list its entries."""


NUMBER_KEYS = ("FSrcBillNo", "FSourceBillNo")


TYPE_KEYS = ("FSrcBillTypeId", "FSourceType", "FSrcBillType", "FSourceBillType")


HEAD_KEYS = ("FDocumentStatus", "FCreatorId")


class LinkKind(StrEnum):
    """By link rows (source bill id), or by source number together with source type."""

    LINK = "link"
    NUMBER = "number"


class LinkColumns(msgspec.Struct, frozen=True):
    """One way to see the sources of a target form; "" for a column that the form has not.

    Attributes:
        source_key: the column that holds source FIDs (LINK) or source numbers (NUMBER).
        type_key: source table name (LINK) or source form (NUMBER).
        number_key: a source-number column beside link columns, for cross-checking.
    """

    kind: LinkKind
    source_key: str
    rule_key: str = ""
    type_key: str = ""
    line_key: str = ""
    number_key: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of this eye, the source column first."""
        keys = (self.source_key, self.rule_key, self.type_key, self.line_key, self.number_key)
        return tuple(key for key in keys if key)


class LinkSchema(msgspec.Struct, frozen=True):
    """What is remembered of a target form: its eyes, best first, and which head columns it has."""

    eyes: tuple[LinkColumns, ...] = ()
    head: tuple[str, ...] = ()


def find_link_schema(connection: Connection, form_id: str) -> tuple[LinkSchema, bool]:
    """Probe how `form_id` shows its sources; and whether the findings may be remembered.

    A dozen small reads at most.
    """
    prober = ColumnProbe(connection, form_id)
    entries, fields = _entries_and_fields(connection, form_id)
    numbers, types = ([key for key in keys if fields is None or key.casefold() in fields]
                      for keys in (NUMBER_KEYS, TYPE_KEYS))  # fmt: skip
    likely = _link_columns(entries[0]) if entries else ()
    # One question where all is as usual; names that are only guessed are never all there.
    whole = fields is not None and prober.has((*numbers, *types, *HEAD_KEYS, *likely))
    head = HEAD_KEYS if whole else prober.known(HEAD_KEYS)
    number_key = _first(prober, numbers, proven=whole)
    type_key = _first(prober, types, proven=whole) if number_key else ""
    linked = {entry: likely if whole and place == 0 else _columns_there(prober, entry)
              for place, entry in enumerate(entries)}  # fmt: skip
    complete = {entry: columns for entry, columns in linked.items() if len(columns) == len(likely)}
    eyes = [
        _link_eye(entry, columns, number_key) for entry, columns in (complete or linked).items() if columns
    ]
    if number_key and type_key:
        eyes.append(LinkColumns(LinkKind.NUMBER, number_key, type_key=type_key))
    return LinkSchema(tuple(eyes), head), prober.sure


def _first(prober: ColumnProbe, keys: Sequence[str], *, proven: bool) -> str:
    """The first of these columns that there is, "" for none; `proven`: all of them are there."""
    return next((key for key in keys if proven or prober.has((key,))), "")


def _entries_and_fields(
    connection: Connection, form_id: str
) -> tuple[tuple[str, ...], frozenset[str] | None]:
    """Entry keys to probe, and all field keys; None where the server does not describe the form."""
    known = KNOWN_ENTRIES.get(form_id.casefold(), ())
    info = connection.business_info(form_id)
    if info is None:
        return _once((*known, *COMMON_ENTRIES)), None
    top = [entry for entry in info.entries if not entry.parent_key]
    listed = [
        entry.key for entry in sorted(top, key=lambda entry: entry.is_head)
    ]  # links hang at lines mostly
    fields = frozenset(field.key.casefold() for entry in info.entries for field in entry.fields)
    return _once((*known, *(listed or COMMON_ENTRIES))), fields


def _link_columns(entry: str) -> tuple[str, ...]:
    """Source, rule, table and source line: the columns that link rows usually have (protocol 3.4)."""
    return tuple(f"{entry}_Link_{name}" for name in ("FSBillId", "FRuleId", "FSTableName", "FSId"))


def _columns_there(prober: ColumnProbe, entry: str) -> tuple[str, ...]:
    """Those of the link columns that there are; () where the source is not among them."""
    source, *extra = _link_columns(entry)
    return (source, *prober.known(extra)) if prober.has((source,)) else ()


def _link_eye(entry: str, found: Sequence[str], number_key: str) -> LinkColumns:
    source, *extra = _link_columns(entry)
    rule, table, row = (key if key in found else "" for key in extra)
    return LinkColumns(LinkKind.LINK, source, rule, table, row, number_key)


def _once(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys without repeats (letter case does not make a new key), in the order of their first places."""
    found: dict[str, str] = {}
    for key in keys:
        found.setdefault(key.casefold(), key)
    return tuple(found.values())
