"""The help: the same chapters in both languages, true to the words on screen, right in both schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QTextTable
from PySide6.QtWidgets import QApplication, QListWidget, QPushButton, QTextBrowser
from pytestqt.qtbot import QtBot

from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.messages.words import LANGUAGES, load_words
from kdgui.store.paths import resources_dir
from kdgui.ui.help_dialog import HelpDialog
from kdgui.ui.widgets import style
from kdgui.ui.widgets.translations import Translations


def page(language: str) -> str:
    return (resources_dir() / "help" / f"{language}.md").read_text(encoding="utf-8")


def shape(text: str) -> list[str]:
    """What each line is: chapter, item, row of a table, code, or text."""
    kinds = [re.match(r"#+ |- |\d\. |\||```|", line) for line in text.splitlines() if line]
    return [kind.group() if kind else "" for kind in kinds]


def test_both_languages_have_the_same_chapters_items_and_tables() -> None:
    chapters = [
        [shape(chapter) for chapter in re.split(r"^(?=## )", page(language), flags=re.MULTILINE)]
        for language in LANGUAGES
    ]
    assert len(chapters[0]) == len(chapters[1]) > 20
    for chinese, english in zip(*chapters, strict=True):
        assert chinese.count("- ") == english.count("- ")
        assert chinese.count("|") == english.count("|")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_is_explained_by_its_word_on_screen(language: str) -> None:
    words, text = load_words(language), page(language)
    rows = [Row("r", 0, "n", verdict) for verdict in Verdict if verdict.final]
    rows.append(Row("r", 0, "n", Verdict.FAILED, presumed=True))

    assert [row for row in rows if f"| {words.verdict(row)} |" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_a_table_of_refusals_works_as_it_stands(language: str, tmp_path: Path) -> None:
    example = page(language).split("```")[1]
    own = tmp_path / "refusals.json"
    own.write_text(example, encoding="utf-8")

    words = load_words(language, own)

    assert words.trouble is None
    for reason in (
        Reason.of("server_said", "额度不足"),
        Reason.of("server_said", "x", 11, field="F_CREDIT"),
    ):
        assert words.explain(reason).what == "客户额度不足"


def test_the_chinese_page_quotes_no_english_sentence() -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", page("zh"), flags=re.DOTALL)

    assert re.findall(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_chapter_is_cut_off_in_the_contents(
    dressed: QApplication, qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    dialog = HelpDialog(language, tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    contents = dialog.findChild(QListWidget, "helpHeadings")
    browser = dialog.findChild(QTextBrowser, "helpPage")

    assert contents.count() == page(language).count("\n## ")
    assert contents.sizeHintForColumn(0) <= contents.viewport().width()
    assert not browser.horizontalScrollBar().maximum()
    contents.setCurrentRow(contents.count() - 1)
    assert browser.verticalScrollBar().value() > 0


def test_the_page_follows_the_scheme(dressed: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = HelpDialog("zh", tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()

    style.apply_scheme(dressed, style.DARK)
    qtbot.waitUntil(lambda: _line(dialog) == style.DARK.line, timeout=3000)
    style.apply_scheme(dressed, style.LIGHT)
    qtbot.waitUntil(lambda: _line(dialog) == style.LIGHT.line, timeout=3000)


def _line(dialog: HelpDialog) -> str:
    document = dialog.findChild(QTextBrowser, "helpPage").document()
    tables = [frame for frame in document.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    colours = {table.format().borderBrush().color().name() for table in tables}
    assert len(colours) == 1
    return colours.pop()


def test_an_open_page_follows_the_language_and_stays_at_its_chapter(
    dressed: QApplication, translations: Translations, qtbot: QtBot, tmp_path: Path
) -> None:
    translations.use("zh")
    dialog = HelpDialog("zh", tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    contents = dialog.findChild(QListWidget, "helpHeadings")
    browser = dialog.findChild(QTextBrowser, "helpPage")
    contents.setCurrentRow(7)

    translations.use("en")

    chapters = re.findall(r"^## (.*)$", page("en"), flags=re.MULTILINE)
    qtbot.waitUntil(lambda: contents.count() > 7 and contents.item(7).text() == chapters[7])
    assert [contents.item(row).text() for row in range(contents.count())] == chapters
    assert contents.currentRow() == 7
    assert browser.verticalScrollBar().value() > 0
    assert dialog.windowTitle() == "Help"
    assert dialog.findChild(QPushButton, "helpCloseButton").text() == "Close"
    translations.use("zh")
    qtbot.waitUntil(lambda: dialog.windowTitle() == "帮助")
