"""Refusals explained: the server's texts each find their own explanation, and unknown ones are left alone."""

from __future__ import annotations

import re

import pytest

from kdgui.domain.errors import BadInput, KdguiError, QueryRefused, SignInRefused
from kdgui.domain.verdicts import Reason
from kdgui.store.messages.refusals import Refusal, load_refusals
from kdgui.store.messages.words import LANGUAGES, load_words

TABLE = load_refusals()
WORDS = {language: load_words(language) for language in LANGUAGES}

TEXTS: list[tuple[str, int | None, str, str]] = [
    # protocol 1.3: signing in
    ("用户名或密码错误", None, "", "password"),
    ("密码错误次数超限，用户已被锁定，请30分钟后再试", None, "", "locked_out"),
    ("第三方应用：demo_app 不允许用户demo_user 登录，请联系系统管理员添加！", None, "", "app_not_allowed"),
    ("002005000003016", None, "", "app_secret"),
    ("CheckPasswordPolicy：密码已过期，请修改密码", None, "", "change_password"),
    ("用户已被禁用，不能登录", None, "", "user_disabled"),
    ("用户未激活，请先激活", None, "", "activation"),
    ("用户未绑定云通行证", None, "", "passport"),
    ("您的账号在别处登录，当前会话已被强制下线", None, "", "kicked_out"),
    ("Fail to verify thirty passport", None, "", "data_centre"),
    # 9: what real servers say
    ("当前尝试登录的数据中心无法获取到，请重新检查，谢谢。", None, "", "data_centre"),
    ("当前用户未指定允许调用WebAPI接口", 11, "", "white_list"),
    ("“demo”使用业务单据：“采购订单”业务操作-“[采购订单-CGDD0007-修改]”冲突，请稍候再使用。", 0, "", "lock"),
    ("单据体“明细信息”第1行字段“仓库”是必填项", 0, "FStockId", "warehouse"),
    ("第1行分录，数量大于入库上限！", None, "FStockId", "over_receipt"),
    ("第1行分录反写超额", 11, "", "quota"),
    ("不允许重复下推！", 4, "", "pushed_once_only"),
    ("该单据不允许再次下推", 11, "", "pushed_once_only"),
    ("不允许下推！", 4, "", "push_forbidden"),
    ("第2行物料没有价格来源，不允许保存", 11, "", "price_source"),
    ("存在未完成的工作流实例，不能审核", 11, "", "workflow"),
    ("单据类型不允许为空", 11, "", "bill_type"),
    ("更新库存时出现可以忽略的异常数据，是否继续？", 11, "AbstractInteractionResult", "stock"),
    ("数据库执行异常，请联系系统管理员", None, "", "database"),
    ("数据中心“20250101”不存在或未启用", None, "", "data_centre"),
    # 1.4 and 1.6: session and the MsgCodes that say it all, whatever the words
    ("会话信息已丢失，请重新登录", 1, "", "session"),
    ("Context Is Null", None, "", "session"),
    ("Session information is lost", None, "", "session"),
    ("您没有会员资料的新增权限，请联系系统管理员！", 2, "", "no_right"),
    ("您没有采购入库单的查看权限，请联系系统管理员！", 4, "", "no_right"),
    ("任意", 7, "", "licence"),
    ("并发许可已用完，请稍后再试", None, "", "licence"),
    ("单据CGDD001存在网控冲突", None, "", "lock"),
    ("已被其他用户修改", 13, "", "lock"),
    ("任意", 14, "", "call_limit"),
    ("禁止管理员登录", 15, "", "administrator"),
    # 2.1: rule, target form, organisation
    ("未启用默认转换规则，转换规则内码（RuleId）必填", 8, "", "no_rule"),
    ("启用默认转换规则时，目标单据标识（TargetFormId）必填", 8, "", "no_target_form"),
    ("标识为“X-Y”的转换规则不存在！", 11, "", "rule_missing"),
    ("转换规则“采购订单-采购入库单”已禁用", 11, "", "rule_disabled"),
    ("转换规则“X”的源单不是采购订单！", 11, "", "rule_other_form"),
    ("运行时不允许加载", 4, "", "rule_not_loadable"),
    ("编码为“109”的组织不存在或您没有该组织的权限！", 11, "", "organisation"),
    ("单据类型不存在", 11, "FBillTypeID", "bill_type"),
    ("内码为100的分录不存在", 11, "", "line_missing"),
    ("编码或内码为“CGDD9”的采购订单不存在！", 10, "", "source_missing"),
    # 2.6: refusals of a push
    ("没有可下推的数据", 11, "", "nothing_to_push"),
    ("没有符合条件的数据可以下推。", None, "", "nothing_to_push"),
    ("源单关联数量已达上限", 11, "", "quota"),
    ("不符合下推条件或数量超额", 4, "", "not_suitable"),
    ("单据编号为“CGDD1”的采购订单，未审核，不允许下推！", 11, "", "source_not_approved"),
    ("单据编号为“CGDD1”的采购订单，已关闭，不允许下推！", 11, "", "source_closed"),
    ("单据编号为“CGDD1”的采购订单，已冻结，不允许下推！", 11, "", "source_frozen"),
    ("单据编号为“CGDD1”的采购订单，已终止，不允许下推！", 11, "", "source_terminated"),
    ("单据编号为“CGDD1”的采购订单，已作废，不允许下推！", 11, "", "source_cancelled"),
    ("更新库存时出现可以忽略的异常数据，是否继续？", 11, "AbstractInteractionResult", "stock"),
    ("更新库存时出现异常数据，是否继续？", 11, "", "stock"),
    ("客户信用额度不足，是否继续？", 11, "AbstractInteractionResult", "credit"),
    ("AbstractInteractionResult.InteractionContext is null", 11, "AbstractInteractionResult", "interaction"),
    ("单据已被其他用户修改", 11, "", "changed"),
    ("非赠品单价不能为0", 11, "", "price"),
    ("第1行单价高于最高限价", 11, "", "price_limit"),
    ("批号为空", 11, "", "lot"),
    ("单据体“明细信息”第1行字段“批号”是必填项", 11, "FLot", "lot"),
    ("第2行批号“P01”不存在", 11, "FLot", "lot_unknown"),
    ("物料启用序列号管理，请录入序列号", 11, "", "serial"),
    ("第1行生产日期不能为空", 11, "", "shelf_life"),
    ("单据体“明细信息”第1行字段“仓库”是必填项", 11, "FStockId", "warehouse"),
    ("单据体“明细信息”第1行字段“仓位”是必填项", 11, "", "bin"),
    ("字段“结算组织”是必填项", 11, "FSettleOrgId", "mandatory"),
    ("单据体的所有分录必须由上游单据下推生成", 11, "", "upstream_only"),
    ("库存组织已关账，关账日期为2026-01-31", 11, "", "period_closed"),
    ("业务日期早于库存系统启用日期", 11, "", "not_in_use"),
    ("没有找到2026-01-05的汇率", 11, "", "exchange_rate"),
    ("供应商“甲公司”已被禁用，不允许保存单据！", 11, "", "base_disabled"),
    ("物料“A4复印纸”未审核", 11, "", "base_not_approved"),
    ("客户未分配到当前组织", 11, "", "base_not_assigned"),
    ("组织“100”里第1行分录的物料“A4”不存在", 11, "", "base_missing"),
    ("单据编号已存在", 11, "", "number_taken"),
    ("没有适用的编码规则", 11, "", "number_rule"),
    ("实收数量超过订单数量", 11, "", "over_receipt"),
    ("超出预算余额", 11, "", "budget"),
    ("应收单已核销，不能下推", 11, "", "settled_bill"),
    # 3.1: questions
    ("标识为“XXX_NOPE”的业务对象不存在，或者被删除。", 4, "", "unknown_form"),
    ("元数据中标识为FNope的字段不存在", 9, "", "unknown_field"),
    ("GetRealExpress error: FX", 4, "", "filter"),
    ("data数据包中的参数FieldKeys的值不能为空。", 8, "", "no_field_keys"),
    ("分页取数需要排序条件或者单据有设置主键", 4, "", "paging"),
    # 4: submit, approve, undo, delete
    ("单据编号为“CGTL1”的采购退料单，只有暂存、创建和重新审核的数据才允许提交！", 11, "", "submit_state"),
    ("请先提交审核!", 11, "", "submit_first"),
    ("单据编号为“TK1”的销售出库单，单据已经审核！", 11, "", "already_audited"),
    ("单据已提交，不能重复提交", 11, "", "already_submitted"),
    ("单据处于审核中状态", 11, "", "already_submitted"),
    ("已进入工作流审批", 11, "", "workflow"),
    ("制单人与审核人不能为同一人", 11, "", "same_person"),
    ("只能删除创建/暂存/重新审核状态的数据", 11, "", "delete_state"),
    ("单据已关闭，不能反审核", 11, "", "close_blocks_undo"),
    ("存在下游单据，不允许反审核", 11, "", "downstream"),
    ("单据已生成凭证，不能反审核", 11, "", "voucher"),
    ("编码值或内码值必须传其一", 8, "", "id_missing"),
    # 2.7: the server itself
    ("response_error: 错误信息：未将对象引用设置到对象的实例。", None, "", "server_bug"),
    ("response_error: 错误信息：未找到服务X.Push。", None, "", "no_service"),
    ("事务与另一个进程被死锁在锁资源上", 6, "", "database"),
    ("response_error: 错误信息：参数格式不正确：data", None, "", "bad_parameter"),
    ("正在执行相同的操作，请勿重复提交", 11, "", "busy"),
    ("签名登录的时间戳已失效", None, "", "clock"),
]


@pytest.mark.parametrize(("said", "msg_code", "field", "known"), TEXTS)
def test_a_text_of_the_server_finds_its_own_explanation(
    said: str, msg_code: int | None, field: str, known: str
) -> None:
    found = TABLE.find(said, msg_code, field)

    assert found is not None
    assert found.id == known


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("转换规则“X”里元数据中标识为FA的字段不存在", "unknown_field"),
        ("您没有组织“100”的采购入库单新增权限", "no_right"),
        ("数据时间戳不一致，单据已被其他用户修改", "changed"),
        ("上游单据已关闭，不允许下推", "source_closed"),
        ("信用额度不足，已冻结客户发货", "credit"),
        ("标识为“供应商”的业务对象不存在，或者被删除。", "unknown_form"),
        ("供应商“用户科技”已被禁用", "base_disabled"),
        ("转换规则“X”已禁用，不允许下推", "rule_disabled"),
        ("第1行物料的批号不能为空", "lot"),
        ("单据未审核，不能删除下游单据", "source_not_approved"),
        ("客户资金账户已冻结", "msg_code_11"),
        ("工作流服务异常", "msg_code_11"),
    ],
)
def test_texts_that_share_words_are_told_apart(said: str, known: str) -> None:
    assert _id(TABLE.find(said, 11)) == known


def test_every_explanation_is_reached_by_a_text() -> None:
    named = {known for *_, known in TEXTS}

    assert len(TEXTS) >= 40
    assert {refusal.id for refusal in TABLE.all if not refusal.kind} == named


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_refusals_are_explained_alike(language: str) -> None:
    told = [refusal.told(language) for refusal in TABLE.all if not refusal.kind]

    assert len({sentences.what for sentences in told}) == len(told)
    assert len({(sentences.what, sentences.do) for sentences in told}) == len(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_said_three_lines_and_a_person_stand_above_the_words(language: str) -> None:
    for said, msg_code, field, _ in TEXTS:
        values = {"field": field} if field else {}
        explained = WORDS[language].explain(Reason.of("server_said", said, msg_code, **values))
        assert explained.what
        assert explained.why
        assert explained.do
        assert explained.who in {WORDS[language].text(f"who.{who}") for who in ("self", "manager", "admin")}
        assert explained.said == said


def test_both_languages_are_complete_and_well_made() -> None:
    for refusal in TABLE.all:
        assert refusal.zh is not None
        assert refusal.en is not None
        zh, en = refusal.zh, refusal.en
        for text in (zh.what, zh.why, zh.do):
            rest = re.sub("MsgCode|ID|WebAPI|BOS", "", text)
            assert not re.search("[A-Za-z!]|[\u4e00-\u9fff][,;:?(]", rest), (refusal.id, text)
        for text in (en.what, en.why, en.do):
            rest = re.sub(r"\((第三方系统登录授权|允许调用WebAPI接口用户)\)", "", text)
            assert not re.search("[\u4e00-\u9fff，。；：]|!|  ", rest), (refusal.id, text)
        assert not zh.what.endswith("。")
        assert not en.what.endswith(".")
        assert all(text.endswith("。") for text in (zh.why, zh.do)), refusal.id
        assert all(text.endswith(".") for text in (en.why, en.do)), refusal.id


def test_who_can_do_it_is_whom_the_sentence_names() -> None:
    """Advice for the clerk that only somebody else can follow would be no advice."""
    for refusal in TABLE.all:
        zh = refusal.told("zh").do
        named = {"manager": ("主管", "审批人"), "admin": ("管理员",), "self": ("",)}[refusal.who]
        assert any(name in zh for name in named), refusal.id


def test_every_msg_code_is_explained() -> None:
    """protocol 1.6."""
    assert all(TABLE.find("新的提示", code) is not None for code in range(16))


def test_wording_is_compared_without_case_width_and_blanks() -> None:
    found = [TABLE.find(text) for text in ("单价 不能为 0", "单价不能为０", "CONTEXT is null")]

    assert [refusal.id for refusal in found if refusal] == ["price", "price", "session"]


def test_fields_come_before_wording_and_wording_before_kinds() -> None:
    shown = ("whatever it says in another version", 11, "abstractinteractionresult")

    assert _id(TABLE.find(*shown)) == "interaction"
    assert _id(TABLE.find("批号为空", 2)) == "no_right"
    assert _id(TABLE.find("批号为空", 11)) == "lot"
    assert _id(TABLE.find("第三条新的提示", 11)) == "msg_code_11"


def _id(refusal: Refusal | None) -> str | None:
    return refusal.id if refusal else None


def test_a_kind_is_headed_by_the_servers_words() -> None:
    explained = WORDS["zh"].explain(Reason.of("server_said", "第三条新的提示", 11))

    assert explained.what == explained.said == "第三条新的提示"
    assert explained.do.startswith("请在金蝶里按原文改好")


@pytest.mark.parametrize(
    ("said", "msg_code"), [("第三条新的提示", None), ("新的提示", 99), ("", 99), ("", None)]
)
def test_unknown_words_pass_untouched_and_still_get_advice(said: str, msg_code: int | None) -> None:
    for words in WORDS.values():
        explained = words.explain(Reason.of("server_said", said, msg_code))
        assert explained.said == said
        assert explained.what == (said or words.text("reason.server_said"))
        assert explained.do


@pytest.mark.parametrize(
    ("error", "who", "advice"),
    [
        (QueryRefused("query_refused", "您没有采购订单的查看权限", msg_code=2), "管理员", "授权"),
        (
            QueryRefused("query_refused", "标识为“X”的业务对象不存在，或者被删除。", msg_code=4),
            "管理员",
            "换一种单据",
        ),
        (SignInRefused("sign_in_failed", "用户已被禁用，不能登录"), "管理员", "启用"),
        (SignInRefused("sign_in_warning", "用户许可已用完"), "管理员", "许可"),
        (SignInRefused("sign_in_failed", "没有见过的话"), "自己", "原文"),
    ],
)
def test_errors_that_quote_the_server_are_explained_by_the_same_table(
    error: KdguiError, who: str, advice: str
) -> None:
    explained = WORDS["zh"].error(error)

    assert explained.said == error.detail
    assert explained.who == who
    assert advice in explained.do
    assert explained.what == WORDS["zh"].text(f"error.{error.code}")


def test_an_error_of_our_own_is_not_explained_by_words_that_it_quotes() -> None:
    trouble = BadInput("not_saved", "[Errno 13] 冻结", path="x")

    assert WORDS["zh"].error(trouble).do == WORDS["zh"].error(BadInput("not_saved", path="x")).do
