"""What the rows and columns of a list say of themselves: headings, totals, page numbers, nothing."""

from __future__ import annotations

import re

from kdgui.domain.bill_numbers import LONGEST_NUMBER, strip_blanks

GUESSED_LENGTH = 200
"""So many characters of a cell tell what it is."""
_HEADERS = frozenset(
    (
        *("编号", "单号", "单据编号", "单据号", "單號", "編號", "單據編號", "號碼", "单据内码"),
        *("billno", "documentno", "docno", "orderno", "ordernumber", "billnumber", "documentnumber"),
        "fbillno",
    )
)
_WEAK_HEADERS = frozenset(("编码", "单据", "bill", "number", "no", "号码"))
_HEADER_PART = re.compile(
    r"[^\d]{0,8}(?:单据?编?[号码]码?|编号|编码|單號|單據編號)|[^\d]{0,10}(?:bill|order)no"
)
OTHER_THINGS = re.compile(
    "物料|商品|产品|客户|供应商|部门|仓库|仓位|组织|员工|职员|业务员|科目|项目|批号|银行|账号|单位|币别|条码"
    "|税号|税务|发票|证件|身份证|手机|电话|行号|快递|物流|车牌|customer|supplier|material|item"
)
"""What has numbers too, though not of bills."""
_TOTAL = re.compile(
    r"(?:合计|小计|总计|总合计|累计|汇总|总汇总|总额|总数|共计|本页合计|本页小计|合計|小計|總計|彙總"
    r"|grand ?total|sub-?total|total|sum)(?:\s*[:：].*|\s*[（(].*[）)]|\s+[\d.,]+.*)?",
    re.IGNORECASE,
)
SUBTOTAL = re.compile(
    r"(\S*\d\S*)\s*(?:汇总|小计|合计|总计|彙總|小計|合計|總計|\s(?:sub-?total|total|sum))", re.IGNORECASE
)
"""How pivot tables name the line below a group."""
NOTHING = re.compile(r"[-+]?0+(?:\.0+)?|[(（](?:空白|空|blank)[)）]", re.IGNORECASE)
"""What formulas and pivot tables show where there is nothing."""
PAGE = re.compile(
    r"第\s*\d+\s*页(?:\s*[/,，、]?\s*共\s*\d+\s*页)?|共\s*\d+\s*页|page\s*\d+(?:\s*(?:of|/)\s*\d+)?",
    re.IGNORECASE,
)
_BLANKS_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


def says_total(cell: str) -> bool:
    """Whether this cell alone says that its row sums up others."""
    if not cell or len(cell) > GUESSED_LENGTH:
        return False
    return _TOTAL.fullmatch(_BLANKS_BETWEEN.sub("", strip_blanks(cell))) is not None


def rank(text: str) -> int:
    """How surely this names a column of bill numbers, 0 to 3."""
    name = plain(text)
    if name in _HEADERS:
        return 3
    if name in _WEAK_HEADERS:
        return 1
    if not _HEADER_PART.fullmatch(name):
        return 0
    return 1 if OTHER_THINGS.search(name) or name.endswith("编码") else 2


def plain(text: str) -> str:
    """A header without what people put around it: blanks, colons, (required), *."""
    if len(text) > LONGEST_NUMBER:
        return ""
    return re.sub(r"\(.*?\)|（.*?）|[\s.:：_\-#*\"]", "", text).casefold()
