"""Refusals explained: by MsgCode and field first, by wording last, and unknown ones left as they are."""

from __future__ import annotations

import pytest

from kdgui.domain.verdicts import Reason
from kdgui.store.refusals import explanation_key
from kdgui.store.words import load_words


@pytest.mark.parametrize(
    ("said", "msg_code", "field", "key"),
    [
        # texts of fact sheet 1.3, 2.1, 2.6, 4 and the samples
        ("会话信息已丢失，请重新登录", 1, "", "msg_code.1"),
        ("Context Is Null", 1, "", "msg_code.1"),
        ("您没有会员资料的新增权限，请联系系统管理员！", 2, "", "msg_code.2"),
        ("您没有采购入库单的新增权限，请联系系统管理员！", 4, "", "server.permission"),
        ("任意", 13, "", "msg_code.13"),
        ("没有可下推的数据", 11, "", "server.nothing_to_push"),
        ("没有符合条件的数据可以下推。", None, "", "server.nothing_to_push"),
        ("源单关联数量已达上限", 11, "", "server.quota"),
        ("不符合下推条件或数量超额", 4, "", "server.not_suitable"),
        ("未启用默认转换规则，转换规则内码（RuleId）必填", 8, "", "server.no_rule"),
        ("运行时不允许加载", 4, "", "server.rule_not_loadable"),
        ("whatever it says in another version", 11, "AbstractInteractionResult", "server.stock"),
        ("更新库存时出现可以忽略的异常数据，是否继续？", 11, "", "server.stock"),
        ("元数据中标识为FX的字段不存在", 9, "", "server.unknown_field"),
        ("标识为“X”的业务对象不存在，或者被删除。", 4, "", "server.unknown_form"),
        ("非赠品单价不能为0", 11, "", "server.price"),
        ("批号为空", 11, "", "server.lot"),
        ("单据已被其他用户修改", 11, "", "server.changed"),
        ("只有暂存、创建和重新审核的数据才允许提交！", 11, "", "server.submit_state"),
        ("请先提交审核!", 11, "", "server.submit_first"),
        ("单据已经审核！", 11, "", "server.already_audited"),
        ("单据已提交，不能重复提交", 11, "", "server.already_submitted"),
        ("单据处于审核中状态", 11, "", "server.already_submitted"),
        ("已进入工作流审批", 11, "", "server.workflow"),
        ("只能删除创建/暂存/重新审核状态的数据", 11, "", "server.delete_state"),
        ("编码值或内码值必须传其一", 8, "", "server.id_missing"),
        ("第三方应用：x 不允许用户y 登录，请联系系统管理员添加！", None, "", "server.app_not_bound"),
        ("登录次数超限", None, "", "server.locked_out"),
        # unknown words: the kind that MsgCode names, and nothing where it names none
        ("供应商已禁用", 11, "", "msg_code.11"),
        ("供应商已禁用", None, "", None),
        ("", None, "", None),
    ],
)
def test_the_explanation(said: str, msg_code: int | None, field: str, key: str | None) -> None:
    values = {"field": field} if field else {}

    assert explanation_key(Reason.of("server_said", said, msg_code, **values)) == key
    assert key is None or all(key in load_words(language) for language in ("zh", "en"))


def test_every_msg_code_is_explained() -> None:
    """Fact sheet 1.6."""
    for language in ("zh", "en"):
        words = load_words(language)
        assert all(f"msg_code.{number}" in words for number in range(16))


def test_a_kind_is_headed_by_the_servers_words() -> None:
    explained = load_words("zh").explain(Reason.of("server_said", "供应商已禁用", 11))

    assert explained.what == explained.said == "供应商已禁用"
    assert explained.do == "请在金蝶里按原文改好，再重试。"


def test_a_known_refusal_has_a_headline_and_keeps_the_words() -> None:
    explained = load_words("zh").explain(Reason.of("server_said", "没有符合条件的数据可以下推。", 11))

    assert (explained.what, explained.said) == ("没有可下推的数据", "没有符合条件的数据可以下推。")


def test_a_code_of_tomorrow_still_gets_an_explanation() -> None:
    explained = load_words("zh").explain(Reason.of("server_said", "新的提示", 99))

    assert explained.what == "新的提示"
    assert explained.do
