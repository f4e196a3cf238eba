"""Find fields: what bills of a form can be looked for by, with the name and kind of every field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kdgui.domain.errors import BadInput
from kdgui.k3cloud.business_info import BusinessInfo, EntryInfo, FieldInfo, name_in
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.field_keys import CLOSED_FIELDS, STATUS_KEY
from kdgui.pushing.schema.form_schema import PARTNER_FORMS, EntryColumns, FormSchema, SchemaReader


class FieldKind(StrEnum):
    """What a field holds, and so what is typed for it."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BASE = "base"
    STATUS = "status"
    STATE = "state"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class FindField:
    """One field of a form.

    Attributes:
        label: its name on the server's screen; its key where the server does not tell.
        entry: name of the entry of lines that it belongs to, "" for the head.
        lookup_form: for base data, the form that its number and name live in; "" where nobody told.
        quoted: a yes or no is kept as text ('1'), not as a number.
    """

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    entry: str = ""
    lookup_form: str = ""
    quoted: bool = True


@dataclass(frozen=True, slots=True)
class FindForm:
    """What a form can be searched by; "" for what it has not.

    Attributes:
        fields: all fields, the head's first.
        described: the server told the fields; else a few usual ones were tried, others can be typed by key.
        organisation, partner, creator, bill_type, date, status: keys of the head's usual fields.
        amount: head column of the amount.
        closed: head fields whose value B keeps a bill from being pushed.
    """

    form_id: str
    fields: tuple[FindField, ...]
    described: bool
    organisation: str = ""
    partner: str = ""
    creator: str = ""
    bill_type: str = ""
    date: str = ""
    status: str = ""
    amount: str = ""
    closed: tuple[str, ...] = ()

    def field(self, key: str) -> FindField | None:
        """The field of this key, letter case apart, or None."""
        return next((each for each in self.fields if each.key.casefold() == key.casefold()), None)

    def resolved(self, name: str, probe: ColumnProbe) -> FindField:
        """The field that is meant by a key or a name. May ask for a key that the server did not list.

        Raises:
            BadInput: find_field_unknown; find_field_several, where fields of several entries have that name.
                And what a read raises.
        """
        name = name.strip()
        if known := self.field(name):
            return known
        named = [each for each in self.fields if each.label == name]
        heads = [each for each in named if not each.entry]
        if len(heads or named) == 1:
            return (heads or named)[0]
        if named:
            raise BadInput("find_field_several", field=name, keys=", ".join(each.key for each in named))
        if _KEY.fullmatch(name) and probe.has((name,)):
            return FindField(name, name)
        raise BadInput("find_field_unknown", field=name)


_KEY = re.compile(r"F\w+(?:\.F\w+)?", re.ASCII | re.IGNORECASE)
_CREATOR, _BILL_TYPE_FORM = "FCreatorId", "bos_billtype"
_STATES = frozenset(key.casefold() for key in (*CLOSED_FIELDS, "FBusinessClose", "FMRPCloseStatus"))

_NUMBER_TYPES = frozenset({"106", "108", "60", "62", "59", "122", "56", "127", "52", "48"})
_DATE_TYPES = frozenset({"61", "58", "40", "42"})
_BIT_TYPES = frozenset({"104"})
"""FieldType is the type number of the database column (106 decimal, 61 datetime, 104 bit …)."""
_YES_NO_KEY = re.compile(r"FIs[A-Z]\w*", re.ASCII)

_USUAL: Sequence[FindField] = (
    FindField("FBillNo", "单据编号"),
    FindField("FDate", "日期", FieldKind.DATE),
    FindField(STATUS_KEY, "单据状态", FieldKind.STATUS),
    FindField("FBillTypeID", "单据类型", FieldKind.BASE, lookup_form="BOS_BillType"),
    FindField("FCreatorId", "创建人", FieldKind.BASE, lookup_form="SEC_User"),
    FindField("FCreateDate", "创建日期", FieldKind.DATE),
    FindField("FApproveDate", "审核日期", FieldKind.DATE),
    FindField("FCloseStatus", "关闭状态", FieldKind.STATE),
    FindField("FCancelStatus", "作废状态", FieldKind.STATE),
    FindField("FFreezeStatus", "冻结状态", FieldKind.STATE),
    FindField("FTerminateStatus", "终止状态", FieldKind.STATE),
    FindField("FSupplierId", "供应商", FieldKind.BASE, lookup_form="BD_Supplier"),
    FindField("FCustId", "客户", FieldKind.BASE, lookup_form="BD_Customer"),
    FindField("FCustomerId", "客户", FieldKind.BASE, lookup_form="BD_Customer"),
)
"""Tried one by one where the server does not describe the form (fact sheet 3.3)."""
_PARTNERS = ("FSupplierId", "FCustId", "FCustomerId")


def read_find_form(connection: Connection, schemas: SchemaReader, form_id: str) -> FindForm:
    """What bills of this form can be looked for by; one question, a dozen where the server describes no form.

    Raises:
        QueryRefused: the form cannot be asked at all; and what a read raises.
    """
    schema = schemas.know(form_id)
    info = connection.business_info(form_id)
    if info is not None and info.head is not None:
        return _described(form_id, schema, info, info.head)
    return _tried_out(form_id, schema, ColumnProbe(connection, form_id))


def _described(form_id: str, schema: FormSchema, info: BusinessInfo, head: EntryInfo) -> FindForm:
    fields = [_field(each, "") for each in head.fields if each.key]
    for entry in info.lines:
        name = name_in(entry.names) or entry.key
        fields += [_field(each, name) for each in entry.fields if each.key]
    keys = {each.key.casefold(): each.key for each in head.fields}
    types = (each.key for each in head.fields if each.lookup_form.casefold() == _BILL_TYPE_FORM)
    partners = (each.key for each in head.fields if each.lookup_form.casefold() in PARTNER_FORMS)
    return FindForm(
        form_id,
        tuple({each.key.casefold(): each for each in reversed(fields)}.values())[::-1],
        described=True,
        organisation=schema.organisation,
        partner=schema.partner or next(partners, ""),
        creator=keys.get(_CREATOR.casefold(), ""),
        bill_type=next(types, ""),
        date=schema.date,
        status=schema.status,
        amount=schema.amount,
        closed=_closed(keys.values(), schema),
    )


def _tried_out(form_id: str, schema: FormSchema, probe: ColumnProbe) -> FindForm:
    known = {key.casefold() for key in probe.known([each.key for each in _USUAL])}
    fields = [each for each in _USUAL if each.key.casefold() in known]
    organisation = schema.organisation
    if organisation:
        fields.append(FindField(organisation, "组织", FieldKind.BASE, lookup_form="ORG_Organizations"))
    keys = [each.key for each in fields]
    fields += _of_lines(schema.main)
    return FindForm(
        form_id,
        tuple(fields),
        described=False,
        organisation=organisation,
        partner=next((key for key in _PARTNERS if key in keys), ""),
        creator=_CREATOR if _CREATOR in keys else "",
        bill_type="FBillTypeID" if "FBillTypeID" in keys else "",
        date=schema.date,
        status=schema.status,
        amount=schema.amount,
        closed=_closed(keys, schema),
    )


def _of_lines(columns: EntryColumns | None) -> Iterable[FindField]:
    if columns is None:
        return
    if columns.material:
        yield FindField(columns.material, "物料编码", FieldKind.BASE, "明细", "BD_MATERIAL")
    for key, label in ((columns.quantity, "数量"), (columns.amount, "价税合计")):
        if key:
            yield FindField(key, label, FieldKind.NUMBER, "明细")


def _closed(keys: Iterable[str], schema: FormSchema) -> tuple[str, ...]:
    wanted = {key.casefold() for key in CLOSED_FIELDS}
    found = tuple(key for key in keys if key.casefold() in wanted)
    return (*found, *((schema.business_close,) if schema.business_close else ()))


def _field(field: FieldInfo, entry: str) -> FindField:
    kind = _kind(field)
    return FindField(
        field.key,
        name_in(field.names) or field.key,
        kind,
        entry,
        field.lookup_form,
        quoted=field.field_type not in _NUMBER_TYPES,
    )


def _kind(field: FieldInfo) -> FieldKind:
    key = field.key.casefold()
    if field.lookup_form:
        return FieldKind.BASE
    if key == STATUS_KEY.casefold():
        return FieldKind.STATUS
    if key in _STATES:
        return FieldKind.STATE
    if field.field_type in _DATE_TYPES:
        return FieldKind.DATE
    if field.field_type in _BIT_TYPES or _YES_NO_KEY.fullmatch(field.key):
        return FieldKind.YES_NO
    return FieldKind.NUMBER if field.field_type in _NUMBER_TYPES else FieldKind.TEXT
