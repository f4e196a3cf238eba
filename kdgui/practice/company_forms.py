"""The forms of the practice company: real keys (protocol 3.3, 3.4), each form with fewer than the real one.

On purpose not every form has every field: FCloseStatus lives on orders and notices only, FCancelStatus is
missing on payments, so a client has to probe (protocol 3.3).
"""

from __future__ import annotations

from kdgui.practice.forms import Entry, Field, FormSpec, Kind

_MATERIAL = Field("FMaterialId", "物料编码", Kind.BASE, "BD_MATERIAL")
_QTY = Field("FQty", "数量", Kind.NUMBER)
_LINKED = Field("FLinkQty", "关联数量", Kind.NUMBER)
_RETURNED = Field("FReturnLinkQty", "关联退货数量", Kind.NUMBER)
_PRICE = Field("FPrice", "单价", Kind.NUMBER)
_ALL_AMOUNT = Field("FAllAmount", "价税合计", Kind.NUMBER)
_UNIT = Field("FUnitID", "单位", Kind.BASE, "BD_UNIT")
_FREE = Field("FIsFree", "是否赠品", Kind.INTEGER)
_LOT = Field("FLot", "批号", Kind.LOT, "BD_BatchMainFile")
_STOCK = Field("FStockId", "仓库", Kind.BASE, "BD_STOCK")
_AMOUNT = Field("FALLAMOUNTFOR_D", "价税合计", Kind.NUMBER)
_PAID = Field("FRELATEHADPAYAMOUNT", "关联收付款金额", Kind.NUMBER)
_CLOSE = Field("FCloseStatus", "关闭状态", Kind.STATUS)
_CANCEL = Field("FCancelStatus", "作废状态", Kind.STATUS)
_NOTE = Field("FNote", "备注")
_LINE_NOTE = Field("FNoteEntry", "备注")
_RECEIVED = Field("FQty", "实收数量", Kind.NUMBER)
_DELIVERED = Field("FQty", "实发数量", Kind.NUMBER)
_PRICED = Field("FPriceUnitQty", "计价数量", Kind.NUMBER)
_SUPPLIER = Field("FSupplierId", "供应商", Kind.BASE, "BD_Supplier")
_CUSTOMER = Field("FCustId", "客户", Kind.BASE, "BD_Customer")

_HEAD = (
    Field("FBillNo", "单据编号"),
    Field("FDocumentStatus", "单据状态", Kind.STATUS),
    Field("FDate", "日期", Kind.DATE),
    Field("FBillTypeID", "单据类型", Kind.BASE, "BOS_BillType"),
    Field("FCreatorId", "创建人", Kind.BASE, "SEC_User"),
    Field("FCreateDate", "创建日期", Kind.DATE),
    Field("FModifierId", "修改人", Kind.BASE, "SEC_User"),
    Field("FModifyDate", "修改日期", Kind.DATE),
    Field("FApproverId", "审核人", Kind.BASE, "SEC_User"),
    Field("FApproveDate", "审核日期", Kind.DATE),
)


def _organisation(key: str, name: str) -> Field:
    return Field(key, name, Kind.BASE, "ORG_Organizations")


def _bill(
    form_id: str,
    name: str,
    prefix: str,
    organisation: Field,
    partner: Field | None,
    extra: tuple[Field, ...],
    *entries: Entry,
) -> FormSpec:
    partners = (partner,) if partner else ()
    fields = (*_HEAD, organisation, *partners, *extra)
    key = partner.key if partner else ""
    return FormSpec(form_id, name, fields, entries, "FID", prefix, key, organisation.key)


def _lines(key: str, name: str, table: str, fields: tuple[Field, ...], number: str, kind: str) -> Entry:
    """An entity whose lines carry both the link rows and the source columns."""
    source = (Field(kind, "源单类型"), Field(number, "源单编号"))
    return Entry(key, name, table, (*fields, *source), True, number, kind)


BILL_FORMS: tuple[FormSpec, ...] = (
    _bill(
        "PUR_Requisition",
        "采购申请单",
        "CGSQ",
        _organisation("FApplicationOrgId", "申请组织"),
        Field("FSuggestSupplierId", "建议供应商", Kind.BASE, "BD_Supplier"),
        (_CLOSE, _CANCEL),
        _lines(
            "FEntity", "明细信息", "T_PUR_REQENTRY", (_MATERIAL, _QTY, _LINKED, _PRICE, _LOT, _STOCK, _FREE),
            "FSrcBillNo", "FSrcBillTypeId",
        ),
    ),
    _bill(
        "PUR_PurchaseOrder",
        "采购订单",
        "CGDD",
        _organisation("FPurchaseOrgId", "采购组织"),
        _SUPPLIER,
        (
            _CLOSE,
            _CANCEL,
            Field("FFreezeStatus", "冻结状态", Kind.STATUS),
            Field("FTerminateStatus", "终止状态", Kind.STATUS),
        ),
        _lines(
            "FPOOrderEntry", "订单明细", "T_PUR_POORDERENTRY",
            (
                _MATERIAL, _QTY, _LINKED, Field("FReceiveQty", "累计收料数量", Kind.NUMBER),
                Field("FStockInQty", "累计入库数量", Kind.NUMBER), _PRICE, _LOT, _STOCK, _FREE, _UNIT,
                _ALL_AMOUNT,
            ),
            "FSrcBillNo", "FSrcBillTypeId",
        ),
    ),
    _bill(
        "PUR_ReceiveBill",
        "收料通知单",
        "CGSL",
        _organisation("FStockOrgId", "收料组织"),
        _SUPPLIER,
        (_CLOSE, _CANCEL, _NOTE),
        _lines(
            "FDetailEntity", "明细信息", "T_PUR_RECEIVEENTRY",
            (
                _MATERIAL, _QTY, _LINKED, _PRICE, _LOT, _STOCK, _FREE, _LINE_NOTE,
                Field("FSrcRowId", "源单行内码"), Field("FOrderBillNo", "订单单号"),
            ),
            "FSrcBillNo", "FSrcFormId",
        ),
    ),
    _bill(
        "STK_InStock",
        "采购入库单",
        "CGRK",
        _organisation("FStockOrgId", "收料组织"),
        _SUPPLIER,
        (_CANCEL, _NOTE),
        _lines(
            "FInStockEntry", "明细信息", "T_STK_INSTOCKENTRY",
            (
                _MATERIAL, _RECEIVED, _PRICED, _LINKED, _RETURNED, _PRICE, _LOT, _STOCK, _FREE, _UNIT,
                _ALL_AMOUNT, _LINE_NOTE,
                Field("FSRCRowId", "源单行内码"), Field("FPOOrderNo", "订单单号"),
                Field("FPOORDERENTRYID", "订单分录内码"),
            ),
            "FSRCBillNo", "FSRCBILLTYPEID",
        ),
    ),
    _bill(
        "PUR_MRB",
        "采购退料单",
        "CGTL",
        _organisation("FStockOrgId", "退料组织"),
        _SUPPLIER,
        (_CANCEL,),
        _lines(
            "FPURMRBENTRY", "明细信息", "T_PUR_MRBENTRY",
            (_MATERIAL, _QTY, _LINKED, _PRICE, _LOT, _STOCK, _FREE, Field("FORDERNO", "订单单号")),
            "FSRCBILLNO", "FSRCBILLTYPEID",
        ),
    ),
    _bill(
        "AP_Payable",
        "应付单",
        "YFD",
        _organisation("FSETTLEORGID", "结算组织"),
        Field("FSUPPLIERID", "供应商", Kind.BASE, "BD_Supplier"),
        (_CANCEL,),
        _lines(
            "FEntityDetail", "明细", "T_AP_PAYABLEENTRY",
            (
                Field("FMATERIALID", "物料编码", Kind.BASE, "BD_MATERIAL"),
                Field("FPriceQty", "计价数量", Kind.NUMBER), _PRICE, _FREE, _AMOUNT, _PAID,
                Field("FSRCROWID", "源单行内码"),
            ),
            "FSOURCEBILLNO", "FSOURCETYPE",
        ),
    ),
    _bill(
        "AP_PAYBILL",
        "付款单",
        "FKD",
        _organisation("FPAYORGID", "付款组织"),
        Field("FCONTACTUNIT", "往来单位", Kind.BASE, "BD_Supplier"),
        (),
        Entry(
            "FPAYBILLENTRY", "付款单明细", "T_AP_PAYBILLENTRY",
            (Field("FPAYTOTALAMOUNTFOR", "应付金额", Kind.NUMBER),),
        ),
        Entry(
            "FPAYBILLSRCENTRY", "源单明细", "T_AP_PAYBILLSRCENTRY",
            (
                Field("FSOURCETYPE", "源单类型"), Field("FSRCBILLNO", "源单编号"),
                Field("FSRCROWID", "源单行内码"), Field("FREALPAYAMOUNT", "本次付款金额", Kind.NUMBER),
            ),
            True, "FSRCBILLNO", "FSOURCETYPE",
        ),
    ),
    _bill(
        "SAL_SaleOrder",
        "销售订单",
        "XSDD",
        _organisation("FSaleOrgId", "销售组织"),
        _CUSTOMER,
        (_CLOSE, _CANCEL, Field("FBusinessClose", "业务关闭", Kind.STATUS)),
        _lines(
            "FSaleOrderEntry", "订单明细", "T_SAL_ORDERENTRY",
            (_MATERIAL, _QTY, _LINKED, _RETURNED, _PRICE, _LOT, _STOCK, _FREE, _UNIT, _ALL_AMOUNT),
            "FSrcBillNo", "FSrcType",
        ),
        Entry(
            "FSaleOrderPlan", "收款计划", "T_SAL_ORDERPLAN",
            (
                Field("FRECADVANCEAMOUNT", "应收金额", Kind.NUMBER),
                Field("FRELATEAMOUNT", "关联收款金额", Kind.NUMBER),
            ),
        ),
    ),
    _bill(
        "SAL_DELIVERYNOTICE",
        "发货通知单",
        "FHTZD",
        _organisation("FSaleOrgId", "销售组织"),
        Field("FCustomerID", "客户", Kind.BASE, "BD_Customer"),
        (_CLOSE, _CANCEL),
        _lines(
            "FEntity", "明细信息", "T_SAL_DELIVERYNOTICEENTRY",
            (_MATERIAL, _QTY, _LINKED, _PRICE, _LOT, _STOCK, _FREE, Field("FOrderNo", "订单单号")),
            "FSrcBillNo", "FSrcType",
        ),
    ),
    _bill(
        "SAL_OUTSTOCK",
        "销售出库单",
        "XSCKD",
        _organisation("FStockOrgId", "发货组织"),
        Field("FCustomerID", "客户", Kind.BASE, "BD_Customer"),
        (_CANCEL, Field("FCarriageNO", "运输单号"), _NOTE),
        _lines(
            "FEntity", "明细信息", "T_SAL_OUTSTOCKENTRY",
            (
                _MATERIAL, _DELIVERED, _LINKED, _RETURNED, _PRICE, _LOT, _STOCK, _FREE, _UNIT, _ALL_AMOUNT,
                _LINE_NOTE, Field("FSoorDerno", "订单单号"),
            ),
            "FSrcBillNo", "FSrcType",
        ),
    ),
    _bill(
        "SAL_RETURNSTOCK",
        "销售退货单",
        "XSTHD",
        _organisation("FStockOrgId", "库存组织"),
        Field("FRetcustId", "退货客户", Kind.BASE, "BD_Customer"),
        (_CANCEL,),
        _lines(
            "FEntity", "明细信息", "T_SAL_RETURNSTOCKENTRY",
            (_MATERIAL, _QTY, _LINKED, _PRICE, _LOT, _STOCK, _FREE, Field("FOrderNo", "订单单号")),
            "FSrcBillNo", "FSrcBillTypeID",
        ),
    ),
    _bill(
        "AR_receivable",
        "应收单",
        "AR",
        _organisation("FSETTLEORGID", "结算组织"),
        Field("FCUSTOMERID", "客户", Kind.BASE, "BD_Customer"),
        (_CANCEL, Field("FWRITTENOFFSTATUS", "核销状态", Kind.STATUS)),
        _lines(
            "FEntityDetail", "明细", "T_AR_RECEIVABLEENTRY",
            (
                Field("FMATERIALID", "物料编码", Kind.BASE, "BD_MATERIAL"),
                Field("FPriceQty", "计价数量", Kind.NUMBER), _PRICE, _FREE, _AMOUNT, _PAID,
                Field("FSRCROWID", "源单行内码"),
            ),
            "FSourceBillNo", "FSOURCETYPE",
        ),
    ),
    _bill(
        "AR_RECEIVEBILL",
        "收款单",
        "SKD",
        _organisation("FPAYORGID", "收款组织"),
        Field("FCONTACTUNIT", "往来单位", Kind.BASE, "BD_Customer"),
        (),
        Entry(
            "FRECEIVEBILLENTRY", "收款单明细", "T_AR_RECEIVEBILLENTRY",
            (Field("FRECTOTALAMOUNTFOR", "应收金额", Kind.NUMBER),),
        ),
        Entry(
            "FRECEIVEBILLSRCENTRY", "源单明细", "T_AR_RECEIVEBILLSRCENTRY",
            (
                Field("FSOURCETYPE", "源单类型"), Field("FSRCBILLNO", "源单编号"),
                Field("FSRCROWID", "源单行内码"), Field("FREALRECAMOUNT", "本次收款金额", Kind.NUMBER),
            ),
            True, "FSRCBILLNO", "FSOURCETYPE",
        ),
    ),
)  # fmt: skip


def _base(form_id: str, name: str, key: str, *extra: Field) -> FormSpec:
    fields = (
        Field("FNumber", "编码"),
        Field("FName", "名称"),
        Field("FDocumentStatus", "数据状态", Kind.STATUS),
        Field("FForbidStatus", "禁用状态", Kind.STATUS),
        *extra,
    )
    return FormSpec(form_id, name, fields, (), key)


RULE_FORM = "BOS_ConvertRule"
RULE_COLUMNS = frozenset({"fsourceformid", "ftargetformid", "fstatus", "fisdefault", "finvisible"})
"""Columns of BOS_ConvertRule whose keys nobody published (protocol 3.5): there, or not, by a switch."""
RULE_COLUMNS_ODD = frozenset({"fsrcobject", "ftgtobject"})
"""The two forms under other keys, by another switch."""

BASE_FORMS: tuple[FormSpec, ...] = (
    _base("BD_Currency", "币别", "FCURRENCYID", Field("FCODE", "货币代码")),
    _base("BD_Supplier", "供应商", "FSupplierId"),
    _base("BD_Customer", "客户", "FCUSTID"),
    _base("BD_MATERIAL", "物料", "FMATERIALID", Field("FIsBatchManage", "启用批号管理", Kind.INTEGER)),
    _base("BD_STOCK", "仓库", "FStockId"),
    _base("BD_UNIT", "计量单位", "FUNITID"),
    _base("ORG_Organizations", "组织机构", "FORGID"),
    _base("BOS_BillType", "单据类型", "FBILLTYPEID"),
    _base("SEC_User", "用户", "FUSERID", Field("FUserAccount", "用户账号")),
    FormSpec(
        RULE_FORM,
        "单据转换规则",
        (
            Field("FNumber", "编码"),
            Field("FName", "名称"),
            Field("FSourceFormId", "源单"),
            Field("FTargetFormId", "目标单据"),
            Field("FStatus", "状态", Kind.STATUS),
            Field("FIsDefault", "默认", Kind.INTEGER),
            Field("FInvisible", "不可见", Kind.INTEGER),
            Field("FSrcObject", "源单"),
            Field("FTgtObject", "目标单据"),
        ),
    ),
)
