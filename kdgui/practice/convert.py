"""Making one target bill out of source lines: what a conversion rule copies, and the links it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kdgui.practice.answers import Trouble
from kdgui.practice.books import Bill, Books, Line, Link
from kdgui.practice.forms import FormSpec, Kind
from kdgui.practice.rules import RuleSpec
from kdgui.practice.saving import now_text, today_text

Pair = tuple[Bill, Sequence[Line]]
_ORDER_NUMBERS = ("FPOOrderNo", "FORDERNO", "FOrderNo", "FOrderBillNo", "FSoorDerno")
_ORDER_ENTRY = "FPOORDERENTRYID"
_ORDER_FORMS = frozenset({"PUR_PurchaseOrder", "SAL_SaleOrder"})
AMOUNTS = ("FALLAMOUNTFOR_D", "FAllAmount")
PRICED = "FPriceUnitQty"
"""The same quantity in the unit of the price, one to one here."""
_TOTALS = ("FPAYTOTALAMOUNTFOR", "FRECTOTALAMOUNTFOR")


@dataclass(slots=True)
class Target:
    """One target that a push is about to make.

    Attributes:
        sources: the source bills in it.
        troubles: why it cannot be saved.
        draft: it is kept as a draft all the same.
        draft_number: a draft with a number, against the documentation.
    """

    bill: Bill
    sources: tuple[Bill, ...]
    index: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    draft: bool = False
    draft_number: bool = False


def build_target(
    books: Books, rule: RuleSpec, pairs: Sequence[Pair], user_id: int, organisation_id: int, bill_type: str
) -> Target:
    """The target bill of these sources, not stored yet."""
    form = books.forms.get(rule.target_form)
    values = _head(books, form, rule, pairs[0][0], user_id)
    if organisation_id:
        values[form.organisation] = organisation_id
    if bill_type and (found := books.find_base("BOS_BillType", bill_type)) is not None:
        values["FBillTypeID"] = found.id
    linked = [_line(form, rule, bill, line) for bill, lines in pairs for line in lines]
    lines = {form.link_entry.key: linked}
    if form.main_entry is not form.link_entry:
        lines[form.main_entry.key] = [_total_line(form, rule, linked)]
    target = Bill(form, values, lines, pushed=True)
    return Target(target, tuple(bill for bill, _ in pairs))


def _head(books: Books, form: FormSpec, rule: RuleSpec, source: Bill, user_id: int) -> dict[str, object]:
    values: dict[str, object] = {item.key: "A" for item in form.fields if item.kind is Kind.STATUS}
    standard = books.find_base("BOS_BillType", f"{form.prefix}01_SYS")
    values |= {
        "FDate": source.values["FDate"] if rule.copies_date else today_text(),
        "FBillTypeID": standard.id if standard else None,
        "FCreatorId": user_id,
        "FCreateDate": now_text(),
        "FModifierId": user_id,
        "FModifyDate": now_text(),
        form.organisation: source.organisation_id,
    }
    if form.partner:
        values[form.partner] = source.partner_id or None
    return values


def _line(form: FormSpec, rule: RuleSpec, source: Bill, line: Line) -> Line:
    """One target line out of one source line: equal keys are copied, then the rest of the source is taken."""
    entry = form.link_entry
    own = {key.casefold(): value for key, value in line.values.items()}
    values: dict[str, object] = {}
    for item in entry.fields:
        copied = own.get(item.key.casefold())
        values[item.key] = 0.0 if item.kind is Kind.NUMBER and item.key != "FPrice" else copied
    taken = line.number(rule.measure) - line.number(rule.quota)
    taken = taken if taken > 0 else line.number(rule.measure)
    values[rule.target_measure] = taken
    if PRICED in values:
        values[PRICED] = taken
    for key in AMOUNTS:
        if entry.field(key) is not None:
            values[key] = round(taken * line.number("FPrice"), 2)
    values[entry.source_number], values[entry.source_type] = source.number, source.form.form_id
    for key in ("FSRCRowId", "FSRCROWID", "FSrcRowId"):
        if key in values:
            values[key] = str(line.id)
    _order_columns(values, source, line)
    table = source.form.source_entry(rule.source_entry).table
    link = Link(rule.rule_id, table, source.id, line.id, taken)
    return Line(values, [link])


def _order_columns(values: dict[str, object], source: Bill, line: Line) -> None:
    """The order number travels along the chain."""
    known = {key.casefold() for key in _ORDER_NUMBERS}
    inherited = next((value for key, value in line.values.items() if key.casefold() in known and value), "")
    is_order = source.form.form_id in _ORDER_FORMS
    for key in _ORDER_NUMBERS:
        if key in values:
            values[key] = source.number if is_order else inherited
    if _ORDER_ENTRY in values and is_order:
        values[_ORDER_ENTRY] = str(line.id)


def _total_line(form: FormSpec, rule: RuleSpec, linked: Sequence[Line]) -> Line:
    total = round(sum(line.number(rule.target_measure) for line in linked), 2)
    return Line({item.key: total for item in form.main_entry.fields if item.key in _TOTALS})


def deliver_part(target: Bill, rule: RuleSpec, part: float) -> None:
    """Make a target that is not stored yet smaller on every line, as somebody does before saving it."""
    for line in target.all_lines():
        for key in (rule.target_measure, PRICED, *AMOUNTS, *_TOTALS):
            if line.number(key):
                line.values[key] = round(line.number(key) * part, 2)
        for link in line.links:
            link.quantity = round(link.quantity * part, 2)
