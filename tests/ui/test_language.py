"""The window's language: complete in Chinese, Qt's own words too, changed while windows are open."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QWidget

from kdgui.store.paths import resources_dir
from kdgui.ui.widgets.assets import asset
from kdgui.ui.widgets.message_bar import MessageBar
from kdgui.ui.widgets.style import Tone
from kdgui.ui.widgets.translations import LANGUAGES, Translations, read_ts

BLANK = re.compile(r"%n|\{[^}]*\}")


def test_every_sentence_of_the_window_is_translated() -> None:
    """Runs Qt's own collector over the sources, so a new sentence cannot be forgotten."""
    script = resources_dir() / "update_translations.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_translation_fills_the_same_blanks() -> None:
    for (context, source, _), forms in read_ts(asset("translations", "kdgui_zh.ts")).items():
        for form in forms:
            assert sorted(BLANK.findall(form)) == sorted(BLANK.findall(source)), f"{context}: {source}"


def test_chinese_is_chinese() -> None:
    """Words without a Chinese letter are names, units and the like; they are few, and known."""
    for (context, source, _), forms in read_ts(asset("translations", "kdgui_zh.ts")).items():
        said = BLANK.sub("", forms[0])
        if re.search("[A-Za-z]{4,}", BLANK.sub("", source).replace("MsgCode", "")):
            assert re.search(r"[\u4e00-\u9fff]", said), f"{context}: {source} → {said}"


def test_qt_itself_speaks_chinese_and_english(qapp: QApplication, translations: Translations, qtbot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    cancel = box.button(QDialogButtonBox.StandardButton.Cancel)
    translations.use("zh")
    QApplication.sendPostedEvents()
    assert "取消" in cancel.text()
    translations.use("en")
    QApplication.sendPostedEvents()
    assert "Cancel" in cancel.text()


def test_every_open_widget_hears_of_the_change(qapp: QApplication, translations: Translations, qtbot) -> None:
    heard: list[str] = []

    class Listening(QWidget):
        def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's own name
            if event.type() == QEvent.Type.LanguageChange:
                heard.append(QCoreApplication.translate("MessageBar", "Close this message"))

    widget = Listening()
    qtbot.addWidget(widget)
    translations.use("en")
    heard.clear()
    with qtbot.waitSignal(translations.changed) as told:
        translations.use("zh")
    QApplication.sendPostedEvents()
    assert told.args == ["zh"]
    assert heard[-1] == "关闭这条消息"
    assert QLocale().language() is QLocale.Language.Chinese
    heard.clear()
    translations.use("zh")
    assert heard == []


def test_plurals(qapp: QApplication, translations: Translations) -> None:
    def say(count: int) -> str:
        return QCoreApplication.translate("ConnectionTestDialog", "%n data centre(s)", "", count)

    translations.use("en")
    assert (say(1), say(2)) == ("1 data centre", "2 data centres")
    translations.use("zh")
    assert (say(1), say(2)) == ("1 个数据中心", "2 个数据中心")


def test_a_subclass_finds_the_words_of_its_class(chinese: object, qtbot) -> None:
    class Special(MessageBar):
        pass

    bar = Special()
    qtbot.addWidget(bar)
    bar.tell("x", "…", Tone.INFO)
    assert bar.findChild(QWidget, "messageClose_x").accessibleName() == "关闭这条消息"


def test_only_known_languages(translations: Translations) -> None:
    with pytest.raises(ValueError, match="fr"):
        translations.use("fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_there_and_says_what_no_program_can_promise(language: str) -> None:
    page = asset("help", f"{language}.md").read_text(encoding="utf-8")
    assert page.count("\n## ") >= 8
    for wanted in {
        "zh": ("绝不会把一张单据推两次", "同一秒钟", "重发", "仅暂存", "练习（内置）"),
        "en": ("No bill is ever pushed twice", "same second", "repeats a request", "Draft only", "Practice"),
    }[language]:
        assert wanted in page


def test_an_unfinished_translation_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "x.ts"
    messages = (
        "<message><source>a</source><translation>甲</translation></message>"
        '<message><source>b</source><translation type="unfinished">乙</translation></message>'
        "<message><source>c</source><translation></translation></message>"
    )
    path.write_text(f"<TS><context><name>N</name>{messages}</context></TS>", encoding="utf-8")
    assert read_ts(path) == {("N", "a", ""): ("甲",)}
    path.write_text("<TS><context>", encoding="utf-8")
    with pytest.raises(Xml.ParseError):
        read_ts(path)
