"""Fill fields: which fields of a target form can be filled in, in its head and in its linked lines.

QueryBusinessInfo tells them with their names; where it is not offered, a field must be named by its key and
is found out by asking for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kdgui.domain.fills import FillField, ValueKind, is_day
from kdgui.k3cloud.business_info import HEAD, BusinessInfo, EntryInfo, FieldInfo, name_in
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.form_schema import AMOUNTS, BASE_QUANTITIES, NET_AMOUNTS, QUANTITIES
from kdgui.pushing.schema.link_columns import LinkColumns
from kdgui.pushing.schema.query_text import cell_text, id_list

LOT_FORM = "bd_batchmainfile"
SAMPLE = 50
"""So many rows show of what kind the values of a field are."""
KEY = re.compile(r"(?:(F\w+)\.)?(F\w*)", re.IGNORECASE)
"""A field by its key, with the key of its entity before it or without."""

_SYSTEM = frozenset({
    "fid", "fentryid", "fseq", "fbillno", "fdocumentstatus", "fcreatorid", "fcreatedate", "fmodifierid",
    "fmodifydate", "fapproverid", "fapprovedate", "fcancellerid", "fcanceldate", "fcancelstatus",
    "fclosestatus", "ffreezestatus", "fterminatestatus", "fbusinessclose", "fbilltypeid", "fobjecttypeid",
    "fmaterialid", "funitid", "fbaseunitid", "fstockunitid", "fpriceunitid", "fwrittenoffstatus", "fisfree",
})  # fmt: skip
_FOLLOWS = re.compile(r"f\w*(?:link|join|relate)\w*|fsrc\w*|fsource\w*|f\w*order\w*(?:no|entryid)|fsoorderno",
                      re.IGNORECASE)  # fmt: skip
"""What links and write-back keep: filled in by hand it would only be wrong."""
_NOT_OFFERED = frozenset({"org_organizations"})
"""Another organisation makes another bill of it."""
_MONEY_FORMS = ("ap_", "ar_")
"""Prices and quantities of payables and receivables are left to Kingdee."""
_NUMBERS = re.compile(r"106|56|.*(?:decimal|integer|qty|amount|price).*", re.IGNORECASE)
_DAYS = re.compile(r"61|.*date.*", re.IGNORECASE)
_CHECKS = re.compile(r".*(?:check|bool).*", re.IGNORECASE)
_WATCHED = (*QUANTITIES, *BASE_QUANTITIES, "FPrice", "FTaxPrice", *AMOUNTS, *NET_AMOUNTS, "FStockId", "FLot",
            "FStockLocId", "FSupplierId", "FDate")  # fmt: skip
"""What a Save may change on its way though nobody asked for it (protocol 4b.0)."""


@dataclass(frozen=True, slots=True)
class FillForm:
    """A target form as far as it can be filled.

    Attributes:
        fields: those of the head and of the linked lines; () where the server does not describe the form.
        links: the link rows of its lines, or None: then no line can be told from another.
        described: the server told the fields.
    """

    form_id: str
    fields: tuple[FillField, ...] = ()
    links: LinkColumns | None = None
    described: bool = False
    watched: tuple[FillField, ...] = ()

    @property
    def entry(self) -> str:
        """Key of the entity of the linked lines, "" for none."""
        return self.links.source_key.partition("_Link_")[0] if self.links else ""

    @property
    def line_key(self) -> str:
        """The column with the ids of these lines."""
        return f"{self.entry}_FEntryID"

    def named(self, text: str) -> tuple[FillField, ...]:
        """The fields that a heading means: by key, by name, or by either with its entity before a point."""
        plain = _plain(text)
        return tuple(field for field in self.fields if plain in _names(field))


def read_fill_form(connection: Connection, form_id: str, links: LinkColumns | None) -> FillForm:
    """What can be filled in on a form. Blocks; raises what a read raises."""
    info = connection.business_info(form_id)
    form = FillForm(form_id, links=links)
    if info is None:
        return form
    entries = [entry for entry in info.entries if _is_ours(entry, form.entry)]
    fields = tuple(field for entry in entries for field in _fields(form_id, entry))
    quantity = _quantity(info, form.entry)
    fields = tuple(replace(field, quantity=bool(field.entry) and field.key == quantity) for field in fields)
    every = [_field(entry, item) for entry in entries for item in entry.fields]
    watched = tuple(field for field in every if field.key.casefold() in {key.casefold() for key in _WATCHED})
    return replace(form, fields=fields, described=True, watched=watched)


def probe_field(connection: Connection, form: FillForm, heading: str) -> FillField | None:
    """A field that is named by its key, where the server does not describe the form; None for an unknown one.

    Whether it stands in the head or in the lines is told by a bill of several lines: a field of the lines
    answers with a row for each. Where there is no such bill, the heading must say the entity: Entity.Field.

    Raises:
        what a read raises.
    """
    found = KEY.fullmatch(heading.strip())
    if found is None or found[2].casefold() in _SYSTEM:
        return None
    entity, key = found[1] or "", found[2]
    probe = ColumnProbe(connection, form.form_id)
    coded = probe.has((f"{key}.FNumber",))
    if not coded and not probe.has((key,)):
        return None
    kind = ValueKind.LOT if key.casefold() == "flot" else ValueKind.BASE if coded else None
    kind = kind or _sampled_kind(connection, form.form_id, key)
    if entity:
        entry = "" if entity.casefold() == HEAD.casefold() else entity
    else:
        level = _level(connection, form, key)
        if level is None:
            return None
        entry = level
    return FillField(key, "", entry, kind, quantity=bool(entry) and key in QUANTITIES)


def _is_ours(entry: EntryInfo, linked: str) -> bool:
    """Head and linked lines; all lines where no links can be read, so that it can be told why not."""
    return entry.is_head or (entry.key.casefold() == linked.casefold() if linked else entry.is_lines)


def _fields(form_id: str, entry: EntryInfo) -> Iterable[FillField]:
    money = form_id.casefold().startswith(_MONEY_FORMS)
    for item in entry.fields:
        field = _field(entry, item)
        key = item.key.casefold()
        system = key in _SYSTEM or _FOLLOWS.fullmatch(key) or field.lookup.casefold() in _NOT_OFFERED
        if not system and not (money and field.kind is ValueKind.NUMBER):
            yield field


def _field(entry: EntryInfo, item: FieldInfo) -> FillField:
    name, of = name_in(item.names), name_in(entry.names)
    return FillField(item.key, name, "" if entry.is_head else entry.key, _kind(item), of, item.lookup_form)


def _kind(item: FieldInfo) -> ValueKind:
    if item.lookup_form:
        return ValueKind.LOT if item.lookup_form.casefold() == LOT_FORM else ValueKind.BASE
    for shape, kind in ((_DAYS, ValueKind.DATE), (_CHECKS, ValueKind.CHECK), (_NUMBERS, ValueKind.NUMBER)):
        if shape.fullmatch(item.field_type):
            return kind
    return ValueKind.TEXT


def _quantity(info: BusinessInfo, entry: str) -> str:
    lines = info.entry(entry) if entry else None
    keys = {item.key.casefold(): item.key for item in lines.fields} if lines else {}
    return next((keys[name.casefold()] for name in QUANTITIES if name.casefold() in keys), "")


def _sampled_kind(connection: Connection, form_id: str, key: str) -> ValueKind:
    rows = connection.query(form_id, ("FID", key), order="FID DESC", limit=SAMPLE)
    cells = [row[1] for row in rows if row[1] not in (None, "")]
    if cells and all(isinstance(cell, bool) for cell in cells):
        return ValueKind.CHECK
    if cells and all(isinstance(cell, int | float) for cell in cells):
        return ValueKind.NUMBER
    return ValueKind.DATE if cells and all(map(is_day, cells)) else ValueKind.TEXT


def _level(connection: Connection, form: FillForm, key: str) -> str | None:
    """The entity of a field: "" for the head, None where nobody can tell."""
    if not form.entry:
        return ""
    rows = connection.query(form.form_id, ("FID", form.line_key), order="FID DESC", limit=SAMPLE)
    bills = [cell_text(row[0]) for row in rows]
    several = next((bill for bill in bills if bills.count(bill) > 1), None)
    if several is None:
        return None
    found = connection.query_all(
        form.form_id, ("FID", key), f"FID in ({id_list((several,))})", order="FID ASC"
    )
    return form.entry if len(found) > 1 else ""


def _plain(text: str) -> str:
    return re.sub(r"[\s*＊:：]+", "", text).replace("。", ".").casefold()


def _names(field: FillField) -> set[str]:
    of: Sequence[str] = (field.entry or HEAD, field.entry_name)
    own = [name for name in (field.key, field.name) if name]
    both = [f"{entity}.{name}" for entity in of if entity for name in own]
    return {_plain(name) for name in (*own, *both)}
