"""Save as an update of a bill (protocol 4b): what counts of a request, what follows, what is refused.

Where the protocol marks something unknown, a switch (`save_…`) decides, both ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kdgui.practice.answers import Json, MsgCode, Refused, Trouble
from kdgui.practice.books import Bill, Books, Line
from kdgui.practice.company import FIRST_STOCK
from kdgui.practice.convert import AMOUNTS, PRICED
from kdgui.practice.forms import Entry, Field, FormSpec, Kind
from kdgui.practice.push import use_quota
from kdgui.practice.queries import whole_number
from kdgui.practice.rules import RuleBook, RuleSpec
from kdgui.practice.save_call import LINE_KEY, SaveCall, code_of, date_in, number_in
from kdgui.practice.saving import now_text, saving_troubles
from kdgui.practice.switches import Switches

OWN_KEYS = frozenset({
    "FBillNo", "FDocumentStatus", "FCreatorId", "FCreateDate", "FModifierId", "FModifyDate", "FApproverId",
    "FApproveDate",
})  # fmt: skip
"""What the server itself writes; in a request they are ignored."""
DECIMALS = 2
KNOWN_LOTS = frozenset(f"P{number}" for number in range(2601, 2613))
ANOTHER_STOCK = FIRST_STOCK + 2
OVER = "关联数量超出源单可下推数量！"
CHANGED_BY_OTHER = "单据已被其他用户修改，请刷新后重试！"
_WRONG_LEVEL = "ResolveFiled_InnerEx解析字段(Key:{key})时发生异常…实体不存在此属性！[EntityType：{entity} …]"
_REPEATED = "数据包重复，不允许重复保存！"
_STATUS_REFUSED = "（练习用文字）单据已提交或已审核，不允许修改！"


@dataclass(slots=True)
class Saved:
    """What a Save did: the bill as it stands, and every value that changed, in words."""

    bill: Bill
    changes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Work:
    """One Save on its way. `touched`: keys that the request set, by line id (0 for the head)."""

    form: FormSpec
    call: SaveCall
    bill: Bill
    touched: dict[int, set[str]] = field(default_factory=dict)

    def touch(self, line: int, key: str) -> None:
        self.touched.setdefault(line, set()).add(key)


class Saver:
    """Changes bills on one data centre's books. Wants a transaction held: what is refused leaves no trace."""

    def __init__(self, books: Books, rules: RuleBook, switches: Switches) -> None:
        self._books = books
        self._rules = rules
        self._switches = switches
        self._seen: set[str] = set()

    def save(self, form: FormSpec, call: SaveCall, user_id: int, *, head_only: bool = False) -> Saved:
        """Carry one Save out; Refused with MsgCode 11 (or an exception's) where it cannot be.

        `head_only`: a fault: the lines of the request are lost on the way.
        """
        before = self._books.bill(form, call.bill_id) if call.bill_id else None
        bill = self._books.bill(form, call.bill_id) if call.bill_id else None
        if before is None or bill is None:
            raise Refused("练习账套只支持修改已有的单据：数据包里没有找到单据内码。", MsgCode.NOT_POSSIBLE)
        self._refuse_status(bill)
        if call.refuse_repeat and self._switches.save_repeat == "refused" and call.text in self._seen:
            raise Refused(_REPEATED, MsgCode.VALIDATION)
        work = _Work(form, call, bill)
        self._apply_head(work)
        if not head_only:
            self._apply_entries(work)
        self._derive(work, before)
        self._finish(work, before, user_id)
        self._seen.add(call.text)
        return Saved(bill, tuple(_changes(before, bill)))

    def _refuse_status(self, bill: Bill) -> None:
        position = {"B": self._switches.save_submitted, "C": self._switches.save_approved}.get(bill.status)
        if position == "refused":
            raise Refused(_STATUS_REFUSED, MsgCode.VALIDATION)

    # head and lines

    def _apply_head(self, work: _Work) -> None:
        form, lines_before = work.form, False
        for key, value in work.call.model.items():
            if isinstance(value, list):
                lines_before = True
                continue
            item = _exact(form.fields, key)
            if key.casefold() in (form.key.casefold(), "fid") or (item and item.key in OWN_KEYS):
                continue
            if item is None:
                self._unknown(work, key)
            elif work.call.names(key):
                if lines_before and self._switches.save_key_order == "matters" and not work.call.adjust_order:
                    raise Refused("含税单价不能小于等于0", MsgCode.VALIDATION)
                self._set(work, work.bill.values, item, value, None)

    def _unknown(self, work: _Work, key: str) -> None:
        """A key that the head has not: of the lines, it is at the wrong level; else ignored, or refused."""
        entries = (entry for entry in work.form.entries if _exact(entry.fields, key) is not None)
        if next(entries, None) is not None and work.call.names(key):
            raise Refused(_WRONG_LEVEL.format(key=key, entity="BillHead"), MsgCode.EXCEPTION)
        if self._switches.save_unknown_field == "refused" and key != "FBillHead":
            raise Refused(f"元数据中标识为{key}的字段不存在", MsgCode.NO_FIELD)

    def _apply_entries(self, work: _Work) -> None:
        call, listed = work.call, {name.casefold() for name in work.call.fields}
        for entry in work.form.entries:
            rows = call.model.get(entry.key)
            named = not listed or entry.key.casefold() in listed
            if not isinstance(rows, list):
                absent = bool(listed) and named and call.delete_lines
                if absent and self._switches.save_absent_entity == "emptied":
                    work.bill.lines[entry.key] = []
                continue
            if not rows:
                continue
            if not named and self._switches.save_entity_key == "required":
                continue  # success, and nothing stored
            self._rows(work, entry, [row for row in rows if isinstance(row, dict)], named=named)
        if self._switches.save_dotted == "empties":
            self._empty_dotted(work)

    def _rows(self, work: _Work, entry: Entry, rows: list[dict[str, Json]], *, named: bool) -> None:
        lines = work.bill.lines.setdefault(entry.key, [])
        known = {line.id: line for line in lines}
        kept: set[int] = set()
        for row in rows:
            given = {str(key).lower(): value for key, value in row.items()}
            line_id = whole_number(given.get(LINE_KEY))
            line = known.get(line_id) if line_id else None
            if line is None:
                line = self._new_line(entry, line_id, named=named)
                if line is None:
                    continue
                lines.append(line)
            kept.add(id(line))
            for key, value in row.items():
                self._line_value(work, entry, line, key, value)
        left_out = [line for line in lines if id(line) not in kept]
        if work.call.delete_lines and left_out:
            if self._switches.save_missing_lines == "refused":
                raise Refused("不允许删除关联生成的分录！", MsgCode.VALIDATION)
            work.bill.lines[entry.key] = [line for line in lines if id(line) in kept]

    def _new_line(self, entry: Entry, line_id: int, *, named: bool) -> Line | None:
        """A row without id, or with one of another bill; None where it is ignored."""
        if line_id and self._switches.save_foreign_line == "refused":
            raise Refused(f"分录内码“{line_id}”不属于该单据！", MsgCode.VALIDATION)
        if (line_id and self._switches.save_foreign_line == "ignored") or not named:
            return None
        if self._switches.save_new_row == "refused":
            raise Refused("所有分录必须关联生成！", MsgCode.VALIDATION)
        usual = {Kind.NUMBER: 0.0, Kind.TEXT: "", Kind.LOT: ""}
        return Line({item.key: usual.get(item.kind) for item in entry.fields})

    def _line_value(self, work: _Work, entry: Entry, line: Line, key: str, value: Json) -> None:
        if key.casefold() == LINE_KEY:
            return
        item = _exact(entry.fields, key)
        if item is None:
            if _exact(work.form.fields, key) is not None and work.call.names(key):
                raise Refused(_WRONG_LEVEL.format(key=key, entity=entry.key), MsgCode.EXCEPTION)
            if self._switches.save_unknown_field == "refused":
                raise Refused(f"元数据中标识为{key}的字段不存在", MsgCode.NO_FIELD)
        elif work.call.names(key):
            self._set(work, line.values, item, value, line)

    def _empty_dotted(self, work: _Work) -> None:
        for entity, key in work.call.dotted:
            entry = work.form.entry(entity)
            item = entry.field(key) if entry is not None else None
            if entry is not None and item is not None:
                for line in work.bill.lines.get(entry.key, ()):
                    line.values[item.key] = 0.0 if item.kind is Kind.NUMBER else None
                    work.touch(line.id, item.key)

    # values

    def _set(
        self, work: _Work, values: dict[str, object], item: Field, value: Json, line: Line | None
    ) -> None:
        new = self._value(work, item, value, values, line)
        values[item.key] = new
        work.touch(line.id if line is not None else 0, item.key)

    def _value(
        self, work: _Work, item: Field, value: Json, values: Mapping[str, object], line: Line | None
    ) -> object:
        match item.kind:
            case Kind.NUMBER:
                return self._number(work, item, value)
            case Kind.DATE:
                return date_in(value, item)
            case Kind.BASE:
                return self._base(work, item, value, values.get(item.key))
            case Kind.LOT:
                return self._lot(item, value, values.get(item.key), line)
            case Kind.INTEGER:
                return whole_number(value)
            case _:
                return str(value)

    def _number(self, work: _Work, item: Field, value: Json) -> float:
        number = number_in(value, item)
        rounded = round(number, DECIMALS)
        if rounded != number and work.call.control_precision and self._switches.save_decimals == "refused":
            said = f"字段“{item.name}”的值“{value}”超出允许的小数位数！"
            raise Refused([Trouble(said, item.key)], MsgCode.VALIDATION)
        return rounded

    def _base(self, work: _Work, item: Field, value: Json, old: object) -> object:
        """The id of the record with this code; a code under the wrong sub-key is silently ignored."""
        code = code_of(value)
        if code is None:
            return old
        record = self._books.find_base(item.base, code) if code else None
        if record is not None and record.values.get("FForbidStatus") != "B":
            return record.id
        position = self._switches.save_unknown_base
        if work.call.verify_base:
            unrelated = self._switches.save_verify == "unrelated"
            said = (
                "字段“单位”的值不存在或已禁用！"
                if unrelated
                else f"字段“{item.name}”的值“{code}”不存在或已禁用！"
            )
            raise Refused([Trouble(said, "FUnitID" if unrelated else item.key)], MsgCode.VALIDATION)
        if position == "refused":
            said = f"字段“{item.name}”的值“{code}”不存在！"
            raise Refused([Trouble(said, item.key)], MsgCode.VALIDATION)
        return None if position == "emptied" else old

    def _lot(self, item: Field, value: Json, old: object, line: Line | None) -> object:
        """A lot; silently dropped for a material that has none."""
        code = code_of(value)
        material = int(line.number("FMaterialId")) if line is not None else 0
        record = self._books.bill(self._books.forms.get("BD_MATERIAL"), material)
        if code is None or (record is not None and not record.values.get("FIsBatchManage")):
            return old
        if code and code not in KNOWN_LOTS and self._switches.save_lot == "refused":
            raise Refused([Trouble(f"批号“{code}”不存在！", item.key)], MsgCode.VALIDATION)
        return code

    # what follows

    def _derive(self, work: _Work, before: Bill) -> None:
        old = {line.id: line for line in before.all_lines()}
        for line in work.bill.all_lines():
            touched = work.touched.get(line.id, set())
            if not touched:
                continue
            if self._switches.save_links == "gone":
                line.links = []
            if self._switches.save_other_field == "reset" and "FStockId" not in touched:
                self._reset_stock(line)
            rule = self.rule_of(line)
            measure = rule.target_measure if rule is not None else "FQty"
            if measure in touched and line.id in old:
                self._quantity(line, old[line.id], measure, touched)

    def _reset_stock(self, line: Line) -> None:
        if line.values.get("FStockId"):
            stock = line.values["FStockId"]
            line.values["FStockId"] = FIRST_STOCK if stock == ANOTHER_STOCK else ANOTHER_STOCK

    def _quantity(self, line: Line, old: Line, measure: str, touched: set[str]) -> None:
        quantity = line.number(measure)
        if not quantity and self._switches.save_zero == "refused":
            raise Refused([Trouble("数量不能为0！", measure)], MsgCode.VALIDATION)
        if "FPrice" in line.values and "FPrice" not in touched:
            price = {"retaken": round(old.number("FPrice") * 1.1, DECIMALS), "zero": 0.0}
            line.values["FPrice"] = price.get(self._switches.save_price, old.number("FPrice"))
        if PRICED in line.values and PRICED not in touched and self._switches.save_base_quantity == "follows":
            line.values[PRICED] = quantity
        for key in AMOUNTS:
            if key in line.values and key not in touched:
                line.values[key] = round(quantity * line.number("FPrice"), DECIMALS)
        if self._switches.save_write_back == "falls" and len(line.links) == 1:
            line.links[0].quantity = quantity

    def rule_of(self, line: Line) -> RuleSpec | None:
        """The rule that made a line, or None."""
        return self._rules.find(line.links[0].rule_id) if line.links else None

    # ending

    def _finish(self, work: _Work, before: Bill, user_id: int) -> None:
        bill, taken = work.bill, before.status != "Z"
        if taken and before.pushed:
            use_quota(self._books, self._rules, before, -1)
        if self._switches.save_over == "refused":
            self._refuse_over(work)
        if work.call.validate:
            troubles = [*saving_troubles(bill, self._books), *self._mandatory(bill)]
            if troubles:
                raise Refused(troubles, MsgCode.VALIDATION)
        if not taken and self._switches.save_draft == "numbered":
            bill.values["FDocumentStatus"] = "A"
            bill.values["FBillNo"] = bill.number or self._books.next_number(bill.form)
        if self._switches.save_starts_rule:
            bill.values["FDocumentStatus"] = "B"
        bill.values["FModifierId"], bill.values["FModifyDate"] = user_id, now_text()
        self._books.delete(bill)
        self._books.add(bill)
        if bill.pushed and bill.status != "Z":
            use_quota(self._books, self._rules, bill)

    def _refuse_over(self, work: _Work) -> None:
        for line in work.bill.all_lines():
            rule = self.rule_of(line)
            if rule is not None and rule.target_measure in work.touched.get(line.id, set()):
                allowed = open_quantity(self._books, rule, line) * (1 + self._switches.save_tolerance / 100)
                if line.number(rule.target_measure) > allowed + 1e-9:
                    raise Refused([Trouble(OVER, rule.target_measure)], MsgCode.VALIDATION)

    def _mandatory(self, bill: Bill) -> list[Trouble]:
        item = bill.form.field(self._switches.save_mandatory) if self._switches.save_mandatory else None
        if item is None or bill.values.get(item.key):
            return []
        return [Trouble(f"字段“{item.name}”是必填项", item.key)]


def open_quantity(books: Books, rule: RuleSpec, line: Line) -> float:
    """How much the sources of a line have left as the books stand."""
    left = 0.0
    for link in line.links:
        source = books.entry_of_table(link.table)
        bill = books.bill(source[0], link.bill_id) if source is not None else None
        for own in bill.all_lines() if bill is not None else ():
            if own.id == link.entry_id:
                left += own.number(rule.measure) - own.number(rule.quota)
    return left


def _exact(fields: tuple[Field, ...], key: str) -> Field | None:
    return next((item for item in fields if item.key == key), None)


def _changes(before: Bill, after: Bill) -> list[str]:
    found = [f"{key}: {before.values.get(key)} → {value}"
             for key, value in after.values.items()
             if key not in OWN_KEYS and before.values.get(key) != value]  # fmt: skip
    for entry in after.form.entries:
        old = {line.id: line for line in before.lines.get(entry.key, ())}
        new = {line.id: line for line in after.lines.get(entry.key, ())}
        found += [f"{entry.key} {line_id}: deleted" for line_id in old if line_id not in new]
        for line_id, line in new.items():
            if line_id not in old:
                found.append(f"{entry.key} {line_id}: added")
                continue
            was = old[line_id].values
            found += [
                f"{entry.key} {line_id} {key}: {was.get(key)} → {value}"
                for key, value in line.values.items()
                if was.get(key) != value
            ]
    return found
