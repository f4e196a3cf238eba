"""What is checked when a bill is saved: why a push fails on its target (protocol 2.6)."""

from __future__ import annotations

from datetime import datetime

from kdgui.practice.answers import Trouble
from kdgui.practice.books import Bill, Books, Line

CLOSED_UNTIL = "closed_until"
LOT_FORMS = frozenset({"STK_InStock", "SAL_OUTSTOCK", "PUR_MRB", "SAL_RETURNSTOCK"})
PRICE_FORMS = frozenset({"PUR_PurchaseOrder", "STK_InStock", "SAL_OUTSTOCK", "AP_Payable", "AR_receivable"})
LEDGER_FORMS = frozenset({"AP_Payable", "AP_PAYBILL", "AR_receivable", "AR_RECEIVEBILL"})
"""Their date must lie in an open accounting period; that of LOT_FORMS in an open period of the stock."""


def now_text() -> str:
    """The server's clock as fields of bills show it."""
    return datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M:%S")


def today_text() -> str:
    """The server's date as fields of bills show it."""
    return now_text()[:10] + "T00:00:00"


def saving_troubles(bill: Bill, books: Books, index: int = 0) -> list[Trouble]:
    """Why this bill cannot be saved; empty where it can."""
    troubles = [*_partner_troubles(bill, books, index), *_period_troubles(bill, books, index)]
    for line in bill.source_lines():
        troubles += _line_troubles(bill, line, books, index)
    return list(dict.fromkeys(troubles))


def _partner_troubles(bill: Bill, books: Books, index: int) -> list[Trouble]:
    field = bill.form.field(bill.form.partner) if bill.form.partner else None
    if field is None:
        return []
    partner = books.bill(books.forms.get(field.base), bill.partner_id)
    if partner is None:
        return [Trouble(f"字段“{field.name}”是必填项", field.key, index)]
    if partner.values.get("FForbidStatus") == "B":
        name = partner.values.get("FName")
        return [Trouble(f"{field.name}“{name}”已被禁用，不允许保存单据！", field.key, index)]
    return []


def _period_troubles(bill: Bill, books: Books, index: int) -> list[Trouble]:
    stock = bill.form.form_id in LOT_FORMS
    if not stock and bill.form.form_id not in LEDGER_FORMS:
        return []
    if str(bill.values.get("FDate") or "") > books.fact(CLOSED_UNTIL):
        return []
    period = "库存期间已经关账" if stock else "会计期间已经结账"
    return [Trouble(f"单据日期所在的{period}，不允许保存单据！", "FDate", index)]


def _line_troubles(bill: Bill, line: Line, books: Books, index: int) -> list[Trouble]:
    troubles = []
    if bill.form.form_id in LOT_FORMS:
        material = books.bill(books.forms.get("BD_MATERIAL"), int(line.number("FMaterialId")))
        if material is not None and material.values.get("FIsBatchManage") and not line.values.get("FLot"):
            troubles.append(Trouble("批号为空", "FLot", index))
        if not line.values.get("FStockId"):
            troubles.append(Trouble("字段“仓库”是必填项", "FStockId", index))
    if bill.form.form_id in PRICE_FORMS and not line.number("FPrice") and not line.values.get("FIsFree"):
        troubles.append(Trouble("非赠品单价不能为0", "FPrice", index))
    return troubles
