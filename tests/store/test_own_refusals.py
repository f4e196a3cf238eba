"""The clerk's own table of refusals: it adds and overrules, and a broken one costs nothing but a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kdgui.domain.verdicts import Reason
from kdgui.store.messages.refusals import FILE_NAME
from kdgui.store.messages.words import LANGUAGES, Words, load_words

CREDIT = {
    "id": "our_credit",
    "who": "manager",
    "when": [{"words": ["额度不足"]}],
    "zh": {"what": "客户额度不足", "why": "本公司额度由信控组管理。", "do": "请在信控群里申请，再重试。"},
}


def words_with(folder: Path, content: object, language: str = "zh") -> Words:
    path = folder / FILE_NAME
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
    return load_words(language, path)


def what(words: Words, said: str, msg_code: int | None = None, field: str = "") -> str:
    return words.explain(Reason.of("server_said", said, msg_code, field=field)).what


def test_it_adds_to_ours(tmp_path: Path) -> None:
    words = words_with(tmp_path, [CREDIT])

    explained = words.explain(Reason.of("server_said", "甲公司额度不足", 11))
    assert (explained.what, explained.who) == ("客户额度不足", "主管")
    assert explained.do == "请在信控群里申请，再重试。"
    assert explained.said == "甲公司额度不足"
    assert what(words, "批号为空") == "缺批号"
    assert words.trouble is None


def test_it_comes_before_ours_even_by_wording_alone(tmp_path: Path) -> None:
    words = words_with(tmp_path, [CREDIT])

    assert what(words, "额度不足", 2, "AbstractInteractionResult") == "客户额度不足"


def test_the_same_name_overrules_and_its_clues_are_gone(tmp_path: Path) -> None:
    lot = {**CREDIT, "id": "lot", "when": [{"fields": ["F_OUR_LOT"]}]}
    words = words_with(tmp_path, [lot])

    assert what(words, "批号为空", 11) == "批号为空"
    assert what(words, "x", 11, "F_OUR_LOT") == "客户额度不足"


def test_one_language_is_enough(tmp_path: Path) -> None:
    assert what(words_with(tmp_path, [CREDIT], "en"), "额度不足") == "客户额度不足"


def test_every_piece_of_a_list_must_be_there(tmp_path: Path) -> None:
    words = words_with(tmp_path, [{**CREDIT, "when": [{"words": [["额度", "信控"]], "codes": [11]}]}])

    assert what(words, "信控组提示：额度不足", 11) == "客户额度不足"
    assert what(words, "额度不足一半", 11) == "额度不足一半"
    assert what(words, "信控组提示：额度不足", 12) == "信控组提示：额度不足"


def test_notepad_puts_a_mark_before_it(tmp_path: Path) -> None:
    content = json.dumps([CREDIT], ensure_ascii=False).encode("utf-8-sig")

    assert what(words_with(tmp_path, content), "额度不足") == "客户额度不足"


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert load_words("zh", tmp_path / FILE_NAME).trouble is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("content", "code", "named"),
    [
        (json.dumps([CREDIT], ensure_ascii=False).encode("gb18030"), "refusals_encoding", "UTF-8"),
        ('[\n {"id": "x",\n  "who": "self"\n  "when": []}\n]', "refusals_json", "4"),
        ({"refusals": []}, "refusals_json", "1"),
        ([CREDIT, {**CREDIT, "id": "two", "who": "boss"}], "refusals_entry", "two"),
        ([CREDIT, {**CREDIT, "id": "two", "wen": []}], "refusals_entry", "2"),
        ([{**CREDIT, "when": []}], "refusals_entry", "our_credit"),
        ([{**CREDIT, "when": [{}]}], "refusals_entry", "our_credit"),
        ([{**CREDIT, "when": [{"words": [""]}]}], "refusals_entry", "our_credit"),
        ([{**CREDIT, "zh": {"what": "x"}}], "refusals_entry", "our_credit"),
        ([{**CREDIT, "zh": None}], "refusals_entry", "our_credit"),
        ([17], "refusals_entry", "1"),
        ([CREDIT, CREDIT], "refusals_double", "our_credit"),
    ],
)
def test_a_broken_one_is_named_left_alone_and_ours_is_used(
    tmp_path: Path, content: object, code: str, named: str, language: str
) -> None:
    words = words_with(tmp_path, content, language)
    before = (tmp_path / FILE_NAME).read_bytes()

    assert words.trouble is not None
    assert words.trouble.code == code
    told = words.error(words.trouble)
    assert named in told.why + told.do
    assert str(tmp_path) in told.why
    assert (
        words.explain(Reason.of("server_said", "批号为空")).what
        == load_words(language).explain(Reason.of("server_said", "批号为空")).what
    )
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_folder_in_its_place_is_told_too(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    words = load_words("zh", tmp_path / FILE_NAME)
    assert words.trouble is not None
    assert words.trouble.code == "refusals_unreadable"
