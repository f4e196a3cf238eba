"""The conversion rules of the practice company: grouping, quota and what is copied (protocol 2.3, 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Grouping(StrEnum):
    """How many targets arise: decided by the rule, not by the request (protocol 0.2, 2.3)."""

    ONE_TO_ONE = "one_to_one"
    BY_PARTNER = "by_partner"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One conversion rule.

    Attributes:
        source_entry: key of the entity whose lines it consumes; "" for the first one of the source form.
        measure: what is handed on per line: key of the quantity or amount on the source line.
        quota: key on the source line that says how much of `measure` is used up.
        target_measure: keys on the target line (or source-detail line) that receive it.
        written_back: key on the source line that grows when the target is approved, or "".
        link_rule_id: the rule id that link rows carry while the switch rule_id_rewritten is on.
        copies_date: the target takes the source's date (so a closed period bites); else today.
        runnable: False for a rule that answers 运行时不允许加载.
        invisible: the web client does not offer it.
    """

    rule_id: str
    name: str
    source_form: str
    target_form: str
    grouping: Grouping = Grouping.ONE_TO_ONE
    measure: str = "FQty"
    quota: str = "FLinkQty"
    target_measure: str = "FQty"
    written_back: str = ""
    link_rule_id: str = ""
    default: bool = False
    enabled: bool = True
    runnable: bool = True
    invisible: bool = False
    copies_date: bool = False
    source_entry: str = ""


_BY_PARTNER = Grouping.BY_PARTNER
CUSTOM_RULE = "7aa62154-c23f-4a02-abae-d024b4eceeb7"
DISABLED_RULE = "bf475358-d14e-4886-bba1-eedbd220ecd2"
UNLOADABLE_RULE = "3d5a0c1e-77b2-4f0e-9a64-0c8f2a9be71d"
"""Enabled as the list says, and yet it answers 运行时不允许加载."""
PLAN_RULE = "SAL_SaleOrder-AR_RECEIVEBILL"
"""Consumes the second entity of its source form."""

RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        "PUR_Requisition-PUR_PurchaseOrder", "采购申请单至采购订单", "PUR_Requisition", "PUR_PurchaseOrder",
        _BY_PARTNER, default=True,
    ),
    RuleSpec(
        "PUR_PurchaseOrder-STK_InStock", "采购订单至采购入库单", "PUR_PurchaseOrder", "STK_InStock",
        _BY_PARTNER, written_back="FStockInQty", link_rule_id=CUSTOM_RULE, default=True,
    ),
    RuleSpec(
        "PUR_PurchaseOrder-PUR_ReceiveBill", "采购订单至收料通知单", "PUR_PurchaseOrder", "PUR_ReceiveBill",
        written_back="FReceiveQty", default=True,
    ),
    RuleSpec(
        CUSTOM_RULE, "采购订单至采购入库单（逐单）", "PUR_PurchaseOrder", "STK_InStock",
        written_back="FStockInQty", link_rule_id="PUR_PurchaseOrder-STK_InStock",
    ),
    RuleSpec(
        DISABLED_RULE, "采购订单至销售订单（已禁用）", "PUR_PurchaseOrder", "SAL_SaleOrder",
        enabled=False, runnable=False,
    ),
    RuleSpec(
        UNLOADABLE_RULE, "采购订单至采购入库单（旧副本）", "PUR_PurchaseOrder", "STK_InStock",
        runnable=False, invisible=True,
    ),
    RuleSpec(
        "PUR_ReceiveBill-STK_InStock", "收料通知单至采购入库单", "PUR_ReceiveBill", "STK_InStock",
        _BY_PARTNER, default=True,
    ),
    RuleSpec(
        "STK_InStock-PUR_MRB", "采购入库单至采购退料单", "STK_InStock", "PUR_MRB",
        quota="FReturnLinkQty", default=True,
    ),
    RuleSpec(
        "AP_InStockToPayableMap", "采购入库单至应付单", "STK_InStock", "AP_Payable",
        _BY_PARTNER, target_measure="FPriceQty", default=True, copies_date=True,
    ),
    RuleSpec(
        "AP_PayableToPayBill", "应付单至付款单", "AP_Payable", "AP_PAYBILL", _BY_PARTNER,
        "FALLAMOUNTFOR_D", "FRELATEHADPAYAMOUNT", "FREALPAYAMOUNT", default=True,
    ),
    RuleSpec(
        "SaleOrder-DeliveryNotice", "销售订单至发货通知单", "SAL_SaleOrder", "SAL_DELIVERYNOTICE",
        default=True,
    ),
    RuleSpec(
        "SaleOrder-OutStock", "销售订单至销售出库单", "SAL_SaleOrder", "SAL_OUTSTOCK",
        _BY_PARTNER, default=True,
    ),
    RuleSpec(
        "DeliveryNotice-OutStock", "发货通知单至销售出库单", "SAL_DELIVERYNOTICE", "SAL_OUTSTOCK",
        _BY_PARTNER, default=True,
    ),
    RuleSpec(
        "SaleOrder-SalReturnStock", "销售订单至销售退货单", "SAL_SaleOrder", "SAL_RETURNSTOCK",
        quota="FReturnLinkQty", default=True,
    ),
    RuleSpec(
        PLAN_RULE, "销售订单收款计划至收款单", "SAL_SaleOrder", "AR_RECEIVEBILL", _BY_PARTNER,
        "FRECADVANCEAMOUNT", "FRELATEAMOUNT", "FREALRECAMOUNT", source_entry="FSaleOrderPlan",
    ),
    RuleSpec(
        "OutStock-SalReturnStock", "销售出库单至销售退货单", "SAL_OUTSTOCK", "SAL_RETURNSTOCK",
        quota="FReturnLinkQty", default=True,
    ),
    RuleSpec(
        "AR_OutStockToReceivableMap", "销售出库单至应收单", "SAL_OUTSTOCK", "AR_receivable",
        target_measure="FPriceQty", default=True, copies_date=True,
    ),
    RuleSpec(
        "AR_recableToRecBill", "应收单至收款单", "AR_receivable", "AR_RECEIVEBILL", Grouping.ALL,
        "FALLAMOUNTFOR_D", "FRELATEHADPAYAMOUNT", "FREALRECAMOUNT", default=True, copies_date=True,
    ),
)  # fmt: skip


class RuleBook:
    """The rules of this server: its own, and those of the catalogue for forms that have no bills here."""

    def __init__(self, rules: Iterable[RuleSpec], catalogue: Iterable[Mapping[str, object]] = ()) -> None:
        self._rules = {rule.rule_id.casefold(): rule for rule in rules}
        for row in catalogue:
            rule = _from_catalogue(row)
            if rule is not None:
                self._rules.setdefault(rule.rule_id.casefold(), rule)

    def find(self, rule_id: str) -> RuleSpec | None:
        """The rule with this id, whatever its case."""
        return self._rules.get(rule_id.strip().casefold())

    def default(self, source_form: str, target_form: str) -> RuleSpec | None:
        """The default rule from one form to another, or None."""
        pair = (source_form.casefold(), target_form.casefold())
        for rule in self._rules.values():
            if rule.default and (rule.source_form.casefold(), rule.target_form.casefold()) == pair:
                return rule
        return None

    def all(self) -> tuple[RuleSpec, ...]:
        """Every rule."""
        return tuple(self._rules.values())


def _from_catalogue(row: Mapping[str, object]) -> RuleSpec | None:
    """A rule that the catalogue names completely; site-specific ones are other companies' own."""
    source, target = row.get("source_form"), row.get("target_form")
    if not (isinstance(source, str) and isinstance(target, str) and row.get("standard")):
        return None
    rule_id = str(row.get("rule_id", ""))
    return RuleSpec(rule_id, str(row.get("name_zh") or rule_id), source, target)
