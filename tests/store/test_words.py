"""The words: complete in both languages, well made, and the right ones for every row and error."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.errors import BadInput, ConnectionTrouble, KdguiError
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.messages.words import LANGUAGES, Words, load_words, system_language
from kdgui.store.paths import resources_dir

PARTS = ("what", "why", "do")


def entries(language: str) -> dict[str, str | dict[str, str]]:
    content = (resources_dir() / f"words.{language}.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, str | dict[str, str]])


def parts_of(entry: str | dict[str, str]) -> dict[str, str]:
    return (
        {"what": entry} if isinstance(entry, str) else {name: entry[name] for name in PARTS if name in entry}
    )


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


def sentences(language: str) -> list[tuple[str, str]]:
    return [
        (f"{key}.{name}", text)
        for key, entry in entries(language).items()
        for name, text in parts_of(entry).items()
    ]


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return load_words(request.param)


@pytest.fixture
def zh() -> Words:
    return load_words("zh")


# Both files


def test_both_languages_say_the_same_things() -> None:
    chinese, english = entries("zh"), entries("en")
    assert list(chinese) == list(english)
    for key, entry in chinese.items():
        assert type(entry) is type(english[key]), key
        for name in {*parts_of(entry), *parts_of(english[key])}:
            theirs, ours = parts_of(entry).get(name, ""), parts_of(english[key]).get(name, "")
            assert bool(theirs) == bool(ours), f"{key}.{name}"
            assert placeholders(theirs) == placeholders(ours), f"{key}.{name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trouble_says_what_why_what_to_do_and_who(language: str) -> None:
    """Only what needs nothing done may stop after what, or why."""
    for key, entry in entries(language).items():
        family = key.partition(".")[0]
        if family == "error" or (family == "reason" and "do" in parts_of(entry)):
            assert isinstance(entry, dict), key
            assert all(entry.get(name) for name in PARTS), key
            assert entry["who"] in ("self", "manager", "admin"), key


@pytest.mark.parametrize(
    "code",
    [
        *("server_said", "duplicate_row", "same_bill", "already_pushed", "already_here", "is_unsettled"),
        *("is_presumed", "not_found", "several_found", "not_approved", "closed", "cancelled", "frozen"),
        *("terminated", "damaged_number", "empty_number", "stopped", "line_down", "session_refused"),
        *("no_answer", "blocked", "silent", "named_not_found", "no_control", "no_link_field", "no_right"),
        *("success_without_entity", "refused_silently", "cannot_guard", "crashed", "record_lost"),
        *("too_many_pauses", "draft_left", "extra_target", "foreign_target", "partial_lines", "unknown"),
    ],
)
def test_why_a_bill_is_not_well_pushed_comes_with_advice(words: Words, code: str) -> None:
    explained = words.explain(Reason.of(code))

    assert explained.do
    assert explained.who


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_well_formed(language: str) -> None:
    for key, text in sentences(language):
        assert text == text.strip(), key
        assert "  " not in text, key
        assert "!" not in text, f"{key}: nobody is shouted at"
        assert text.count("{") == text.count("}") == len(re.findall(r"\{\w+\}", text)), key
        if key.endswith((".why", ".do")):
            assert text.endswith(("。", "."))
        if key.startswith(("error.", "reason.")) and key.endswith(".what"):
            assert not text.endswith(("。", ".")), key


LATIN = frozenset(
    {
        *(
            "Excel",
            "--rule",
            "ID",
            "chmod 600",
            "KDGUI_PASSWORD_FILE",
            "KDGUI_HOME",
            "WAYLAND_DISPLAY",
            "DISPLAY",
            "HTTP",
            "http",
            "https",
            "DNS",
            "VPN",
            "IT",
            "CA",
            "PEM",
            "MB",
            "CSV",
            "MsgCode",
            "UTF-8",
            "K/3 Cloud",
            "Web API",
        ),
        *("SOCKS", "Base64"),
        *(".xlsx", ".xlsb", ".xls", ".txt", "WPS", "Word", ".csv", "http://主机:端口/k3cloud/", "--target"),
        *(".et", ".ods", "--sheet", "--column"),
    }
)
CHINESE = "\u4e00-\u9fff"


def test_the_chinese_is_chinese() -> None:
    for key, text in sentences("zh"):
        rest = re.sub(r"\{\w+\}|--[a-z-]+|\bkdgui [a-z-]+", "", text)  # values, options, commands
        for word in sorted(LATIN, key=len, reverse=True):
            rest = rest.replace(word, "")
        assert not re.search("[A-Za-z]", rest), f"{key}: {text}"


def test_the_chinese_is_punctuated_as_chinese() -> None:
    for key, text in sentences("zh"):
        assert not re.search(
            rf"[{CHINESE}}}][,;:?!]|[,;:?!][{CHINESE}]", text.replace("http://主机:端口", "")
        ), key
        assert not re.search(rf"[{CHINESE}]\.(?!xlsx|csv)(\s|$)|[{CHINESE}]\(|\)[{CHINESE}]", text), key
        assert text.count("（") == text.count("）"), key
        assert text.count("“") == text.count("”"), key
        assert '"' not in text, key


def test_the_english_is_english() -> None:
    for key, text in sentences("en"):
        assert not re.search(rf"[{CHINESE}，。；：（）]", text), key
        assert not (key.endswith((".why", ".do")) and text[0].islower()), key


def test_the_eight_words_of_the_trade(zh: Words) -> None:
    """Design section 2, word for word."""
    said = [zh.verdict(Row("r", 0, "n", verdict)) for verdict in Verdict]

    assert said == ["等待中", "下推中", "成功", "仅暂存", "失败", "待确认", "跳过", "未下推"]
    assert zh.verdict(Row("r", 0, "n", Verdict.FAILED, presumed=True)) == "未生成"
    assert [zh.text(f"who.{who}") for who in ("self", "manager", "admin")] == ["自己", "主管", "管理员"]


# Words at work


def test_a_missing_value_is_shown_as_nothing(zh: Words) -> None:
    assert zh.text("cli.paused") == "暂停："
    assert zh.text("cli.paused", why="网络") == "暂停：网络"


def test_brackets_go_with_the_value_that_nobody_gave(words: Words) -> None:
    with_status = words.reason(Reason.of("no_answer", cause="http_status", status="502"))
    without = words.reason(Reason.of("no_answer", cause="http_status"))

    assert "502" in with_status
    assert "HTTP" not in without
    assert not without.endswith((" ", "（", "("))


def test_a_missing_key_is_a_bug(words: Words) -> None:
    with pytest.raises(KeyError):
        words.text("verdict.pushd")
    assert "verdict.pushd" not in words
    assert "verdict.pushed" in words


def test_codes_within_values_are_put_into_words(zh: Words) -> None:
    assert zh.reason(Reason.of("line_down", cause="dns")) == "没有发出：找不到服务器"
    assert zh.reason(Reason.of("not_approved", status="A")) == "单据未审核（创建）"
    assert "科学记数" in zh.reason(Reason.of("damaged_number", why="scientific"))
    assert zh.reason(Reason.of("line_down", cause="something new")) == "没有发出：something new"


def test_moments_are_local_and_short(zh: Words) -> None:
    now = datetime.now(UTC)
    before = now - timedelta(days=3)

    assert now.astimezone().strftime("（%H:%M 已查询）") in zh.reason(
        Reason.of("silent", time=now.isoformat())
    )
    assert before.astimezone().strftime("%m-%d %H:%M") in zh.reason(
        Reason.of("silent", time=before.isoformat())
    )
    assert "09:05" in zh.reason(Reason.of("silent", time="09:05"))


@given(st.text(min_size=1), st.none() | st.integers(-5, 50))
def test_what_the_server_said_is_never_reworded(said: str, msg_code: int | None) -> None:
    for words in ALL:
        refusal = Reason.of("server_said", said, msg_code)
        assert words.reason(refusal) == said
        assert words.explain(refusal).said == said
        assert words.reason(Reason.of("server_note", said)) == said


ALL = [load_words(language) for language in LANGUAGES]


@pytest.mark.parametrize("text", ["{0}", "{who}", "{who.__class__}", "{", "}", "%s", "<b>x</b>", "＃{why}"])
def test_values_are_not_formats(zh: Words, text: str) -> None:
    assert zh.reason(Reason.of("by_hand", who="王芳", why=text)) == f"王芳 手工确认：{text}"


def test_an_unknown_reason_names_its_code(words: Words) -> None:
    explained = words.explain(Reason.of("invented_tomorrow", "server words"))

    assert "invented_tomorrow" in explained.what
    assert explained.said == "server words"
    assert words.reason(Reason("invented_tomorrow")) == explained.what


def test_an_unknown_error_names_its_code(words: Words) -> None:
    explained = words.error(KdguiError("invented_tomorrow", "detail"))

    assert "invented_tomorrow" in explained.what
    assert (bool(explained.do), explained.said) == (True, "detail")


def test_an_error_says_everything(zh: Words) -> None:
    explained = zh.error(ConnectionTrouble("tls", "certificate has expired"))

    assert explained.what == "安全连接没有建立"
    assert explained.why
    assert explained.do
    assert explained.who == "管理员"
    assert explained.said == "certificate has expired"
    assert "C:\\数据" in zh.error(BadInput("file_not_written", path="C:\\数据")).do


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (Row("r", 0, "n", Verdict.QUEUED), ""),
        (Row("r", 0, "n", Verdict.SENDING), ""),
        (Row("r", 0, "n", Verdict.PUSHED), ""),
        (Row("r", 0, "n", Verdict.PUSHED, notes=(Reason("verified"), Reason("saved_not_submitted"))), ""),
        (Row("r", 0, "n", Verdict.PUSHED, partial=True), "advice.partial"),
        (Row("r", 0, "n", Verdict.PUSHED, alarm=True), "advice.alarm"),
        (Row("r", 0, "n", Verdict.DRAFTED), "advice.drafted"),
        (Row("r", 0, "n", Verdict.FAILED), "advice.failed"),
        (Row("r", 0, "n", Verdict.FAILED, presumed=True, reasons=(Reason("silent"),)), "advice.presumed"),
        (Row("r", 0, "n", Verdict.UNSETTLED), "advice.unsettled"),
        (Row("r", 0, "n", Verdict.UNSETTLED, quiet_until=datetime(2999, 1, 1, tzinfo=UTC)), "advice.asking"),
        (Row("r", 0, "n", Verdict.SKIPPED), "advice.skipped"),
        (Row("r", 0, "n", Verdict.NOT_SENT), "advice.not_sent"),
    ],
)
def test_advice(words: Words, row: Row, key: str) -> None:
    assert words.advice(row) == (words.text(key) if key else "")


def test_advice_to_wait_ends_with_the_waiting(zh: Words) -> None:
    waiting = Row("r", 0, "n", Verdict.UNSETTLED, reasons=(Reason.of("no_answer", cause="reset"),))
    assert zh.advice(waiting) == zh.text("advice.unsettled")
    assert zh.advice(replace(waiting, quiet_until=datetime.now(UTC) + timedelta(minutes=1))) == zh.text(
        "advice.asking"
    )
    left_by_a_crash = replace(waiting, quiet_until=datetime.now(UTC) - timedelta(hours=1))
    assert zh.advice(left_by_a_crash) == zh.text("advice.unsettled")

    stuck = replace(waiting, reasons=(*waiting.reasons, Reason("no_right")))
    assert zh.advice(stuck) == zh.explain(Reason("no_right")).do


def test_advice_follows_the_reason(zh: Words) -> None:
    row = Row("r", 0, "n", Verdict.SKIPPED, reasons=(Reason.of("not_approved", status="A"),))
    assert zh.advice(row) == zh.explain(row.reasons[0]).do == "请先在金蝶里提交、审核，再重推。"

    failed = replace(row, verdict=Verdict.FAILED, reasons=(Reason.of("server_said", "没有可下推的数据", 11),))
    assert zh.advice(failed) == zh.explain(failed.reasons[0]).do

    alarmed = Row("r", 0, "n", Verdict.PUSHED, alarm=True, notes=(Reason.of("extra_target", number="CGRK9"),))
    assert zh.advice(alarmed) == zh.explain(alarmed.notes[0]).do


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "POSIX"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_GB", "LANG": "zh_CN"}, "en"),
    ],
)
def test_the_language_of_the_system(environ: dict[str, str], language: str) -> None:
    assert system_language(environ) == language


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        load_words("fr")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "采购退料单、应付单、XYZ_Own、采购订单→采购入库单"),
        ("en", "Purchase Return, AP Payable, XYZ_Own, 采购订单→采购入库单"),
    ],
)
def test_forms_are_told_by_their_names(language: str, told: str) -> None:
    words = load_words(language)
    forms = "PUR_MRB, ap_payable, XYZ_Own, PUR_PurchaseOrder-STK_InStock"
    assert told in words.reason(Reason.of("downstream_unknown", forms=forms))
    assert told in words.error(BadInput("lines_unreadable", forms=forms)).what
