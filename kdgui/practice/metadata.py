"""View and QueryBusinessInfo: one whole bill, and what a form is made of (protocol 3.2, 3.5)."""

from __future__ import annotations

from collections.abc import Mapping

from kdgui.practice.answers import Json, MsgCode, Refused, success_block
from kdgui.practice.books import Bill, Books, Line
from kdgui.practice.columns import shows
from kdgui.practice.forms import LINK_COLUMNS, Entry, Field, FormSpec, Kind
from kdgui.practice.queries import Reader, whole_number
from kdgui.practice.switches import Switches

OPERATIONS = (
    ("Save", "保存"), ("Submit", "提交"), ("Audit", "审核"), ("UnAudit", "反审核"), ("Delete", "删除"),
    ("CancelAssign", "撤销"), ("Push", "下推"),
)  # fmt: skip
_FIELD_TYPES = {Kind.NUMBER: 106, Kind.DATE: 61, Kind.INTEGER: 56, Kind.KEY: 127, Kind.BASE: 56}
_ELEMENT_TYPES = {Kind.NUMBER: 20, Kind.DATE: 5, Kind.INTEGER: 8, Kind.BASE: 13, Kind.STATUS: 9}


class Metadata:
    """Answers View and QueryBusinessInfo. Wants the vault's lock held."""

    def __init__(self, books: Books, reader: Reader, switches: Switches) -> None:
        self._books = books
        self._reader = reader
        self._switches = switches

    # View

    def view(self, form_id: str, data: Mapping[str, object]) -> Json:
        """Result.Result of View: entity property names, without the leading F."""
        form = self._reader.form(form_id)
        if self._switches.is_blind_to(form.form_id):
            raise Refused(f"您没有{form.name}的查看权限，请联系系统管理员！", MsgCode.NO_PERMISSION)
        given = {str(key).lower(): value for key, value in data.items()}
        bill = self._find(form, str(given.get("id") or "").strip(), str(given.get("number") or "").strip())
        if bill is None:
            raise Refused("传递的编码值或内码值不存在！", MsgCode.NO_DATA)
        return {"Result": {"ResponseStatus": success_block(), "Result": self._whole(bill)}}

    def _find(self, form: FormSpec, text: str, number: str) -> Bill | None:
        if not text and not number:
            raise Refused("编码值或内码值必传其一", MsgCode.BAD_PARAMETER)
        twins, blind = self._switches.two_orgs, self._switches.case_blind
        if not text or text == "0":
            ids = self._books.ids_by_number(form, number, blind=blind, twins=twins)
        else:
            ids = [whole_number(text)]
        bill = self._books.bill(form, ids[0]) if ids else None
        hidden = bill is not None and self._switches.blind_reader and bill.pushed
        return None if hidden else bill

    def _whole(self, bill: Bill) -> dict[str, Json]:
        whole: dict[str, Json] = {"Id": bill.id}
        for item in bill.form.fields:
            whole |= self._property(item, bill.values.get(item.key))
        for entry in bill.form.entries:
            lines = bill.lines.get(entry.key, [])
            name = entry.key.removeprefix("F") if self._switches.view_entry_names else entry.key
            whole[name] = [self._line(entry, line) for line in lines]
        return whole

    def _line(self, entry: Entry, line: Line) -> dict[str, Json]:
        whole: dict[str, Json] = {"Id": line.id, "Seq": line.seq}
        for item in entry.fields:
            whole |= self._property(item, line.values.get(item.key))
        if entry.linked and not self._switches.no_links and not self._switches.links_at_head:
            whole[f"{entry.key}_Link"] = [
                {
                    "RuleId": link.rule_id,
                    "STableName": link.table,
                    "SBillId": str(link.bill_id),
                    "SId": str(link.entry_id),
                }
                for link in line.links
            ]
        return whole

    def _property(self, item: Field, value: object) -> dict[str, Json]:
        name = item.property_name
        if item.kind is not Kind.BASE:
            return {name: bool(value) if item.key == "FIsFree" else value}
        form = self._books.forms.get(item.base)
        record = self._books.bill(form, value) if isinstance(value, int) and value else None
        if record is None:
            return {f"{name}_Id": value or 0, name: None}
        names = [{"Key": 2052, "Value": record.values.get("FName")}]
        return {f"{name}_Id": value, name: {"Id": value, "Number": record.number, "Name": names}}

    # QueryBusinessInfo

    def business_info(self, data: Mapping[str, object]) -> Json:
        """Entities with fields, and operations, in the shape of protocol 3.5."""
        given = {str(key).lower(): value for key, value in data.items()}
        form = self._reader.form(str(given.get("formid") or "").strip())
        if self._switches.no_business_info:
            raise Refused(f"您没有{form.name}的查看权限，请联系系统管理员！", MsgCode.NO_PERMISSION)
        fields = tuple(item for item in form.fields if shows(form, item, self._switches))
        entities = [_entity("FBillHead", "单据头", fields, "")]
        for entry in form.entries:
            shown = tuple(item for item in entry.fields if shows(form, item, self._switches))
            entities.append(_entity(entry.key, entry.name, shown, ""))
            if entry.linked and self._switches.links_listed:
                links = tuple(Field(name, name) for name in LINK_COLUMNS)
                entities.append(_entity(f"{entry.key}_Link", "关联子表", links, entry.key))
        info = {
            "Id": form.form_id,
            "Name": _names(form.name),
            "PkFieldName": form.key,
            "Entrys": entities,
            "Operations": [
                {"OperationId": str(at), "OperationNumber": number, "OperationName": _names(name)}
                for at, (number, name) in enumerate(OPERATIONS, start=1)
            ],
        }
        return {"Result": {"ResponseStatus": success_block(), "NeedReturnData": info}}


def _names(name: str) -> list[dict[str, Json]]:
    return [{"Key": 2052, "Value": name}]


def _entity(key: str, name: str, fields: tuple[Field, ...], parent: str) -> dict[str, Json]:
    return {
        "Key": key,
        "Id": key,
        "ParentKey": parent or None,
        "Name": _names(name),
        "Fields": [
            {
                "Key": item.key,
                "Name": _names(item.name),
                "FieldType": _FIELD_TYPES.get(item.kind, 231),
                "ElementType": _ELEMENT_TYPES.get(item.kind, 1),
                "LookUpObjectFormId": item.base or None,
                "MustInput": 0,
            }
            for item in fields
        ],
    }
