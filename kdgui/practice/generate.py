"""Writing the books of the practice company: several hundred bills in every state, the same for one seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kdgui.practice import company
from kdgui.practice.books import Bill, Books, Line
from kdgui.practice.convert import deliver_part
from kdgui.practice.forms import Entry, FormSpec, Kind
from kdgui.practice.push import Plan, PushCall, Pusher
from kdgui.practice.rules import RuleBook
from kdgui.practice.saving import CLOSED_UNTIL
from kdgui.practice.switches import Switches

DEFAULT_BILLS = 600
PLAN = "FSaleOrderPlan"
FIRST_INSTALMENT = 0.3
"""How much of an order is paid in advance, as its plan of payments says."""
PART = 0.4
"""How much of every line of a bill delivered in part is delivered."""

ROLES = (
    "open", "open_many_lines", "open", "created", "open", "submitted", "open", "linked", "open", "draft",
    "open_many_lines", "partly_linked", "open", "closed", "open", "cancelled", "open", "partner_disabled",
    "open_many_lines", "no_lot", "open", "reopened", "linked_by_me", "open", "no_price", "open", "no_stock",
    "period_closed", "frozen", "two_orgs", "open",
    "terminated", "business_closed", "part_delivered",
)  # fmt: skip
"""What the bills of a form are examples of, again and again; a form that cannot have one has an open bill."""

_STATUS = {"created": "A", "submitted": "B", "draft": "Z", "reopened": "D"}
_FLAGS = {
    "closed": "FCloseStatus",
    "cancelled": "FCancelStatus",
    "frozen": "FFreezeStatus",
    "terminated": "FTerminateStatus",
    "business_closed": "FBusinessClose",
}
_NEEDS_STOCK_TARGET = frozenset(
    {"PUR_PurchaseOrder", "PUR_ReceiveBill", "SAL_SaleOrder", "SAL_DELIVERYNOTICE"}
)
_NEEDS_LEDGER_TARGET = frozenset({"STK_InStock", "SAL_OUTSTOCK", "AR_receivable"})
_NEEDS_PRICE_TARGET = frozenset({"PUR_Requisition", "STK_InStock", "SAL_OUTSTOCK", *_NEEDS_STOCK_TARGET})


@dataclass(frozen=True, slots=True)
class _Share:
    """How large a part of all bills a form has, where its numbers begin, the rule colleagues pushed it by."""

    form_id: str
    part: float
    first_number: int
    pushed_by: str = ""


_SHARES = (
    _Share("PUR_Requisition", 0.07, 101, "PUR_Requisition-PUR_PurchaseOrder"),
    _Share("PUR_PurchaseOrder", 0.30, 401, "PUR_PurchaseOrder-STK_InStock"),
    _Share("PUR_ReceiveBill", 0.06, 101, "PUR_ReceiveBill-STK_InStock"),
    _Share("STK_InStock", 0.08, 101, "AP_InStockToPayableMap"),
    _Share("AP_Payable", 0.06, 201, "AP_PayableToPayBill"),
    _Share("SAL_SaleOrder", 0.20, 701, "SaleOrder-OutStock"),
    _Share("SAL_DELIVERYNOTICE", 0.06, 101, "DeliveryNotice-OutStock"),
    _Share("SAL_OUTSTOCK", 0.08, 301, "AR_OutStockToReceivableMap"),
    _Share("AR_receivable", 0.09, 501, "AR_recableToRecBill"),
)
_OWN_NUMBERS = {"PUR_MRB": 101, "AP_PAYBILL": 101, "SAL_RETURNSTOCK": 101, "AR_RECEIVEBILL": 101}


def write_books(books: Books, rules: RuleBook, *, bills: int, seed: int) -> None:
    """Fill empty books. About `bills` bills, but at least one of every kind. Wants a transaction."""
    _Writer(books, rules, random.Random(seed)).write(bills)  # noqa: S311 - practice data, not a secret


class _Writer:
    def __init__(self, books: Books, rules: RuleBook, chance: random.Random) -> None:
        self._books = books
        self._rules = rules
        self._chance = chance
        self._pusher = Pusher(books, rules, Switches(two_orgs=True))
        self._today = date.today()  # noqa: DTZ011 - bills carry the server's local date

    def write(self, bills: int) -> None:
        self._books.create()
        company.write_base_data(self._books, self._rules)
        self._books.set_fact(CLOSED_UNTIL, self._day(120))
        for share in _SHARES:
            self._books.skip_numbers(self._books.forms.get(share.form_id), share.first_number)
        for form_id, first in _OWN_NUMBERS.items():
            self._books.skip_numbers(self._books.forms.get(form_id), first)
        for share in _SHARES:
            count = max(round(bills * share.part), len(ROLES))
            self._write_form(self._books.forms.get(share.form_id), count)
        for share in _SHARES:
            self._push_some(self._books.forms.get(share.form_id), share.pushed_by)

    # bills

    def _write_form(self, form: FormSpec, count: int) -> None:
        for position in range(count):
            role = _role(form, ROLES[position % len(ROLES)])
            bill = self._bill(form, role, position, count)
            self._books.add(bill)
            if role == "two_orgs":
                self._books.add(self._twin(bill))

    def _bill(self, form: FormSpec, role: str, position: int, count: int) -> Bill:
        number = self._books.next_number(form)
        days_ago = 150 if role == "period_closed" else 90 - (position * 88) // count
        values = self._head(form, role, number, self._day(days_ago), position)
        lines = {form.main_entry.key: self._lines(form.main_entry, role, position)}
        plan = form.entry(PLAN)
        if plan is not None:
            lines[plan.key] = _instalments(plan, lines[form.main_entry.key])
        return Bill(form, values, lines, role=role)

    def _head(self, form: FormSpec, role: str, number: str, day: str, position: int) -> dict[str, object]:
        values: dict[str, object] = {item.key: "A" for item in form.fields if item.kind is Kind.STATUS}
        standard = self._books.find_base("BOS_BillType", f"{form.prefix}01_SYS")
        approved = _STATUS.get(role, "C") == "C"
        values |= {
            "FBillNo": number,
            "FDocumentStatus": _STATUS.get(role, "C"),
            "FDate": day,
            "FBillTypeID": standard.id if standard else None,
            "FCreatorId": self._creator(form, role),
            "FCreateDate": day[:11] + "09:30:00",
            "FModifierId": self._creator(form, role),
            "FModifyDate": day[:11] + "10:15:00",
            "FApproverId": company.ACCOUNTANT_ID if approved else None,
            "FApproveDate": day[:11] + "15:00:00" if approved else None,
            form.organisation: company.HEAD_OFFICE,
            form.partner: self._partner(form, role, position),
        }
        if role in _FLAGS:
            values[_FLAGS[role]] = "B"
        return values

    def _partner(self, form: FormSpec, role: str, position: int) -> int:
        """Neighbouring numbers share a partner, so that merging has something to merge."""
        field = form.field(form.partner)
        first = company.FIRST_CUSTOMER if field and field.base == "BD_Customer" else company.FIRST_SUPPLIER
        if role == "partner_disabled":
            return first + company.DISABLED_PARTNER - 1
        return first + (position // 3) % (company.DISABLED_PARTNER - 1)

    def _creator(self, form: FormSpec, role: str) -> int:
        if role == "linked_by_me":
            return company.DEMO_USER_ID
        return company.SELLER_ID if form.form_id.startswith("SAL") else company.BUYER_ID

    def _lines(self, entry: Entry, role: str, position: int) -> list[Line]:
        count = 10 if role == "open_many_lines" else 3 if role == "partly_linked" else 1 + position % 3
        return [self._line(entry, role, number) for number in range(count)]

    def _line(self, entry: Entry, role: str, number: int) -> Line:
        bad = number == 0
        material = company.LOT_MATERIALS[0] if role == "no_lot" and bad else self._chance.randint(1, 10)
        quantity = float(self._chance.randint(1, 60) * 5)
        price = 0.0 if role == "no_price" and bad else self._chance.randint(80, 9900) / 100
        lot = f"P{self._chance.randint(2601, 2612)}" if material in company.LOT_MATERIALS else ""
        known: dict[str, object] = {
            "fmaterialid": company.FIRST_MATERIAL + material - 1,
            "fqty": quantity,
            "fpriceqty": quantity,
            "fpriceunitqty": quantity,
            "fprice": price,
            "flot": "" if role == "no_lot" and bad else lot,
            "fstockid": None if role == "no_stock" and bad else company.FIRST_STOCK + number % 2,
            "fisfree": 0,
            "fallamountfor_d": round(quantity * price, 2),
            "fallamount": round(quantity * price, 2),
            "funitid": company.PIECE,
        }
        usual = {Kind.NUMBER: 0.0, Kind.TEXT: "", Kind.LOT: ""}
        return Line({f.key: known.get(f.key.casefold(), usual.get(f.kind)) for f in entry.fields})

    def _twin(self, bill: Bill) -> Bill:
        """The same number in the branch: another bill altogether."""
        values = {**bill.values, bill.form.organisation: company.BRANCH}
        entry, plan = bill.form.main_entry, bill.form.entry(PLAN)
        lines = {entry.key: self._lines(entry, "two_orgs", 1)}
        if plan is not None:
            lines[plan.key] = _instalments(plan, lines[entry.key])
        return Bill(bill.form, values, lines, role="two_orgs", twin=True)

    def _day(self, days_ago: int) -> str:
        return (self._today - timedelta(days=days_ago)).isoformat() + "T00:00:00"

    # what was pushed already

    def _push_some(self, form: FormSpec, rule_id: str) -> None:
        examples = self._books.examples().get(form.form_id, {})
        for role, user_id in (("linked", company.BUYER_ID), ("linked_by_me", company.DEMO_USER_ID)):
            for number in examples.get(role, ()):
                self._push(PushCall(form.form_id, numbers=(number,), rule_id=rule_id), user_id)
        for number in examples.get("partly_linked", ()):
            self._push_first_line(form, number, rule_id)
        for number in examples.get("part_delivered", ()):
            self._push_part(form, number, rule_id)

    def _push_first_line(self, form: FormSpec, number: str, rule_id: str) -> None:
        bills = self._books.bills(form, self._pusher.ids_of(form, number))
        lines: Sequence[Line] = bills[0].source_lines()
        call = PushCall(form.form_id, entry_ids=(str(lines[0].id),), rule_id=rule_id)
        self._push(call, company.BUYER_ID)

    def _push_part(self, form: FormSpec, number: str, rule_id: str) -> None:
        """Somebody made the quantities smaller before saving: every line is delivered in part."""
        plan = self._pusher.plan(PushCall(form.form_id, numbers=(number,), rule_id=rule_id), company.BUYER_ID)
        for target in plan.targets:
            deliver_part(target.bill, plan.rule, PART)
        self._carry_out(plan)

    def _push(self, call: PushCall, user_id: int) -> None:
        self._carry_out(self._pusher.plan(call, user_id))

    def _carry_out(self, plan: Plan) -> None:
        for target in self._pusher.carry_out(plan):
            values = {"FDocumentStatus": "C", "FApproverId": company.ACCOUNTANT_ID}
            self._books.set_head(target, **values)


def _instalments(plan: Entry, lines: Sequence[Line]) -> list[Line]:
    """Two instalments of what the lines come to."""
    total = sum(line.number("FAllAmount") for line in lines)
    first = round(total * FIRST_INSTALMENT, 2)
    usual: dict[str, object] = {item.key: 0.0 for item in plan.fields}
    return [Line({**usual, "FRECADVANCEAMOUNT": amount}) for amount in (first, round(total - first, 2))]


def _role(form: FormSpec, role: str) -> str:
    """The role, or "open" where this form cannot play it."""
    if role in _FLAGS and not form.has(_FLAGS[role]):
        return "open"
    fitting = {
        "no_lot": _NEEDS_STOCK_TARGET,
        "no_stock": _NEEDS_STOCK_TARGET,
        "no_price": _NEEDS_PRICE_TARGET,
        "period_closed": _NEEDS_LEDGER_TARGET,
    }
    return role if form.form_id in fitting.get(role, {form.form_id}) else "open"
