"""The people, partners, goods and places of the practice company, and its two data centres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kdgui.practice.books import Bill, Books
from kdgui.practice.company_forms import RULE_FORM
from kdgui.practice.forms import Kind
from kdgui.practice.rules import RuleBook

Record = tuple[str, str, Mapping[str, object]]
"""Number, name and further fields of one base-data record."""


@dataclass(frozen=True, slots=True)
class Centre:
    """One data centre: id of 14 hex digits, number and name; `share` of the bills asked for."""

    id: str
    number: str
    name: str
    prefix: str
    share: float


CENTRES = (
    Centre("65f0a1b2c3d4e5", "001", "小河贸易 练习", "a", 1.0),
    Centre("65f0a1b2c3d4f6", "002", "小河贸易 测试", "b", 0.2),
)

DEMO_USER_ID = 100101
BUYER_ID = 100102
SELLER_ID = 100103
ACCOUNTANT_ID = 100104
HEAD_OFFICE, BRANCH, TRADE = 1, 100002, 100003
ORGANISATIONS: Mapping[str, int] = {"100": HEAD_OFFICE, "101": BRANCH, "102": TRADE}
"""By number, as signed headers name them."""
DISABLED_PARTNER = 10
LOT_MATERIALS = (9, 10)
FIRST_SUPPLIER, FIRST_CUSTOMER, FIRST_MATERIAL, FIRST_STOCK = 120_001, 130_001, 140_001, 150_001
PIECE, BOX = 170_001, 170_002

_SUPPLIERS = (
    "东岸纸业",
    "青石五金",
    "北桥包装",
    "南塘塑料",
    "西岭电子",
    "白沙化工",
    "长街印刷",
    "河口物流",
    "双溪木业",
    "旧城纺织",
)
_CUSTOMERS = (
    "晨光文具店",
    "海角超市",
    "云上百货",
    "小镇书屋",
    "蓝天办公",
    "绿野学校",
    "山前酒店",
    "湖畔餐厅",
    "街角咖啡",
    "停业商行",
)
_MATERIALS = (
    "A4复印纸",
    "牛皮纸箱",
    "不锈钢螺丝",
    "塑料收纳盒",
    "办公椅",
    "LED台灯",
    "木质货架",
    "棉质手套",
    "清洁剂（批号）",
    "墨水（批号）",
)
_STOCKS = ("原料仓", "成品仓", "分公司仓", "停用仓")
CLOSED_STOCK = 4
"""The place of the warehouse that is disabled."""


def write_base_data(books: Books, rules: RuleBook) -> None:
    """Partners, goods, places, users and rules, without which no bill makes sense."""
    _records(books, "ORG_Organizations", 1, [("100", "总部", {})])
    _records(books, "ORG_Organizations", BRANCH, [("101", "分公司", {}), ("102", "外贸公司", {})])
    _records(
        books,
        "BD_Currency",
        1,
        [("PRE001", "人民币", {"FCODE": "CNY"}), ("PRE007", "美元", {"FCODE": "USD"})],
    )
    _records(books, "BD_Supplier", FIRST_SUPPLIER, _partners("VEN", _SUPPLIERS))
    _records(books, "BD_Customer", FIRST_CUSTOMER, _partners("CUST", _CUSTOMERS))
    _records(books, "BD_MATERIAL", FIRST_MATERIAL, _materials())
    _records(
        books,
        "BD_STOCK",
        FIRST_STOCK,
        [
            (f"CK{n:03d}", name, {"FForbidStatus": "B"} if n == CLOSED_STOCK else {})
            for n, name in enumerate(_STOCKS, start=1)
        ],
    )
    _records(books, "BD_UNIT", PIECE, [("Pcs", "个", {}), ("Box", "箱", {})])
    types: list[Record] = [
        (f"{form.prefix}01_SYS", f"标准{form.name}", {}) for form in books.forms.used() if form.is_bill
    ]
    _records(books, "BOS_BillType", 160_001, types)
    users = [("demo", "练习用户"), ("buyer", "采购员"), ("seller", "销售员"), ("accountant", "会计")]
    _records(
        books, "SEC_User", DEMO_USER_ID, [(name, shown, {"FUserAccount": name}) for name, shown in users]
    )
    _write_rules(books, rules)


def _partners(prefix: str, names: Sequence[str]) -> list[Record]:
    return [
        (f"{prefix}{n:05d}", name, {"FForbidStatus": "B" if n == DISABLED_PARTNER else "A"})
        for n, name in enumerate(names, start=1)
    ]


def _materials() -> list[Record]:
    return [
        (f"MAT{n:05d}", name, {"FIsBatchManage": int(n in LOT_MATERIALS)})
        for n, name in enumerate(_MATERIALS, start=1)
    ]


def _records(books: Books, form_id: str, first_id: int, rows: Sequence[Record]) -> None:
    form = books.forms.get(form_id)
    usual = {item.key: "A" for item in form.fields if item.kind is Kind.STATUS} | {"FDocumentStatus": "C"}
    for offset, (number, name, extra) in enumerate(rows):
        books.add(Bill(form, {**usual, "FNumber": number, "FName": name, **extra}, id=first_id + offset))


def _write_rules(books: Books, rules: RuleBook) -> None:
    form = books.forms.get(RULE_FORM)
    for rule in rules.all():
        values: dict[str, object] = {
            "FNumber": rule.rule_id,
            "FName": rule.name,
            "FSourceFormId": rule.source_form,
            "FTargetFormId": rule.target_form,
            "FStatus": "1" if rule.enabled else "0",
            "FIsDefault": int(rule.default),
            "FInvisible": int(rule.invisible),
            "FSrcObject": rule.source_form,
            "FTgtObject": rule.target_form,
        }
        books.add(Bill(form, values))
