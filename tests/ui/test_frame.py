"""Around the three steps: top strip, messages, settings, history, help."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTextBrowser,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from kdgui.domain.accounts import SignedIn
from kdgui.domain.errors import KdguiError
from kdgui.store.messages.words import Explanation, Words
from kdgui.store.profiles import DataCentreLabel, Profile
from kdgui.ui.help_dialog import HelpDialog
from kdgui.ui.top_strip import TopStrip
from kdgui.ui.widgets.account_words import profile_tone
from kdgui.ui.widgets.flexible_label import FlexibleLabel
from kdgui.ui.widgets.icons import application_icon, icon
from kdgui.ui.widgets.message_bar import MessageBar, told
from kdgui.ui.widgets.style import LIGHT, Tone


@pytest.fixture
def strip(chinese: Words, qtbot) -> TopStrip:
    strip = TopStrip(chinese)
    qtbot.addWidget(strip)
    strip.resize(1200, 60)
    strip.show()
    return strip


def profile(label: DataCentreLabel | None, name: str = "小河贸易") -> Profile:
    server = "http://127.0.0.1:8099/k3cloud/"
    return Profile(server=server, data_centre_id="1", user="demo", data_centre_name=name, label=label)


@pytest.mark.parametrize(
    ("label", "said", "tone"),
    [
        (DataCentreLabel.PRODUCTION, "正式 · 小河贸易", Tone.BAD),
        (None, "正式 · 小河贸易", Tone.BAD),
        (DataCentreLabel.TEST, "测试 · 小河贸易", Tone.OK),
        (DataCentreLabel.PRACTICE, "练习 · 小河贸易", Tone.OK),
    ],
)
def test_the_strip_says_whose_books_these_are(
    strip: TopStrip, label: DataCentreLabel | None, said: str, tone: Tone
) -> None:
    strip.show_account(profile(label), SignedIn("1", user="王", organisation_name="总部"))
    badge = strip.findChild(QLabel, "dataCentreBadge")
    assert badge.text() == said
    assert badge.property("tone") == tone == profile_tone(profile(label))
    assert said in badge.accessibleName()
    assert strip.findChild(QLabel, "signedInLabel").text() == "王"
    assert strip.title() == f"{said} – 下推助手"


def test_a_long_name_is_cut_at_its_end_and_whole_in_the_tip(strip: TopStrip) -> None:
    name = "<i>很长</i>" * 30
    strip.show_account(profile(None, name), None)
    strip.resize(900, 60)
    badge = strip.findChild(FlexibleLabel, "dataCentreBadge")
    assert badge.text() == f"正式 · {name}"
    assert badge.shown.startswith("正式 · ")
    assert badge.shown.endswith("…")
    QApplication.sendEvent(badge, QHelpEvent(QEvent.Type.ToolTip, QPoint(), QPoint()))
    assert "&lt;i&gt;" in QToolTip.text()
    QToolTip.hideText()
    assert strip.minimumSizeHint().width() < 900
    assert badge.geometry().right() < strip.search_edit.geometry().left()


def test_nobody_signed_in(strip: TopStrip) -> None:
    strip.show_account(None, None)
    assert not strip.findChild(QLabel, "dataCentreBadge").isVisible()
    assert strip.findChild(QLabel, "signedInLabel").text() == "未登录"
    assert strip.title() == "下推助手"


@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("historyButton", "history_asked"),
        ("helpButton", "help_asked"),
        ("settingsButton", "settings_asked"),
        ("switchButton", "switch_asked"),
    ],
)
def test_every_button_asks(strip: TopStrip, qtbot, button: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(strip, signal)):
        QTest.mouseClick(strip.findChild(QPushButton, button), Qt.MouseButton.LeftButton)
    assert strip.findChild(QPushButton, button).accessibleName()


def test_search(strip: TopStrip, qtbot) -> None:
    heard: list[str] = []
    strip.search_changed.connect(heard.append)
    strip.activateWindow()
    QTest.keyClick(strip, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(strip.search_edit.hasFocus)
    QTest.keyClicks(strip.search_edit, "CG")
    assert heard == ["C", "CG"]


def test_messages_stack_replace_and_close(chinese: Words, qtbot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    assert not bar.isVisibleTo(None)
    pressed: list[int] = []
    bar.tell("a", "<b>一</b>", Tone.BAD)
    bar.tell("b", "二", Tone.INFO, action="接着推", on_action=lambda: pressed.append(1))
    bar.tell("a", "三", Tone.WARN)
    assert bar.texts() == {"b": "二", "a": "三"}
    bar.findChild(QPushButton, "messageAction_b").click()
    assert pressed == [1]
    bar.findChild(QToolButton, "messageClose_b").click()
    assert bar.texts() == {"a": "三"}
    bar.drop("a")
    bar.drop("a")
    assert bar.isHidden()


@pytest.fixture
def paged(chinese: Words, qtbot) -> tuple[QWidget, MessageBar, QPushButton]:
    """A page with the line for messages at its top and a button below."""
    page, bar, below = QWidget(), MessageBar(), QPushButton("below")
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.addWidget(bar.place)
    column.addWidget(below, 1)
    bar.setParent(page)
    bar.home = below
    page.resize(600, 400)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    return page, bar, below


def test_no_message_moves_the_page(paged: tuple[QWidget, MessageBar, QPushButton]) -> None:
    _page, bar, below = paged
    before = below.geometry()
    bar.tell("a", "一", Tone.INFO, action="看", on_action=lambda: None)
    QCoreApplication.processEvents()
    assert (bar.geometry(), bar.findChild(QPushButton, "moreMessagesButton").isVisible()) == (
        bar.place.geometry(),
        False,
    )
    bar.tell("b", "二\n" * 9, Tone.WARN)
    QCoreApplication.processEvents()
    assert bar.height() == bar.place.height(), "a warning waits on its line until it is opened"
    bar.tell("c", "出错\n请重试", Tone.BAD)
    QCoreApplication.processEvents()
    assert bar.height() > 3 * bar.place.height(), "what went wrong is shown whole, over the page"
    assert below.geometry() == before
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    QCoreApplication.processEvents()
    assert (bar.geometry(), below.geometry()) == (bar.place.geometry(), before)
    for key in "abc":
        bar.drop(key)
    assert (bar.isVisible(), below.geometry()) == (False, before)


@pytest.mark.parametrize("before_it_is_shown", [False, True])
def test_a_folded_message_is_seen(chinese: Words, qtbot, before_it_is_shown: bool) -> None:
    page, bar = QWidget(), MessageBar()
    qtbot.addWidget(page)
    QVBoxLayout(page).addWidget(bar.place)
    bar.setParent(page)
    page.resize(600, 400)
    if before_it_is_shown:
        bar.tell("a", "未登录", Tone.INFO)
    with qtbot.waitExposed(page):
        page.show()
    bar.tell("a", "未登录", Tone.INFO)
    more = bar.findChild(QPushButton, "moreMessagesButton")

    def seen() -> bool:
        newest = bar.findChildren(QWidget, "message_a")[-1].findChild(FlexibleLabel)
        return newest.visibleRegion().boundingRect().height() >= newest.fontMetrics().height()

    qtbot.waitUntil(lambda: seen() and not more.isVisible(), timeout=2000)
    page.resize(150, 400)
    bar.tell("a", "未登录。这里粘贴和输入的内容都会保留。", Tone.INFO)
    qtbot.waitUntil(lambda: seen() and more.isVisible(), timeout=2000)
    page.resize(600, 400)
    qtbot.waitUntil(lambda: seen() and not more.isVisible(), timeout=2000)


def test_others_are_counted_and_unfold(paged: tuple[QWidget, MessageBar, QPushButton]) -> None:
    _page, bar, _below = paged
    bar.tell("a", "一", Tone.INFO)
    bar.tell("b", "二", Tone.INFO)
    more = bar.findChild(QPushButton, "moreMessagesButton")
    shown = lambda: [key for key in "ab" if bar.findChild(QWidget, f"message_{key}").isVisible()]  # noqa: E731
    assert (shown(), "1" in more.text()) == (["b"], True)
    more.click()
    assert shown() == ["a", "b"]
    bar.drop("b")
    bar.drop("a")
    bar.tell("a", "一", Tone.INFO)
    assert bar.height() == bar.place.height(), "new messages begin folded"


def test_the_focus_of_a_message_that_goes_falls_where_the_work_is(
    paged: tuple[QWidget, MessageBar, QPushButton], qtbot
) -> None:
    _page, bar, below = paged
    bar.tell("a", "一", Tone.INFO, action="填", on_action=lambda: bar.drop("a"))
    button = bar.findChild(QPushButton, "messageAction_a")
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Return)
    qtbot.waitUntil(below.hasFocus)


def test_an_explanation_in_lines(chinese: Words) -> None:
    explained = Explanation("什么", "为什么。", "怎么办。", "自己", "server said")
    assert told(explained) == "什么\n为什么。 怎么办。\n原文：server said"
    assert told(Explanation("什么")) == "什么"


def test_help_can_be_searched_and_leafed_through(chinese: Words, tmp_path: Path, qtbot) -> None:
    dialog = HelpDialog("zh", tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    page = dialog.findChild(QTextBrowser, "helpPage")
    headings = dialog.findChild(QListWidget, "helpHeadings")
    assert headings.count() >= 8
    headings.setCurrentRow(4)
    assert page.verticalScrollBar().value() > 0
    dialog.findChild(QLineEdit, "helpSearchEdit").setText("密钥库")
    assert page.textCursor().selectedText() == "密钥库"
    first = page.textCursor().position()
    QTest.keyClick(dialog.findChild(QLineEdit, "helpSearchEdit"), Qt.Key.Key_Return)
    assert page.textCursor().position() != first
    assert dialog.isVisible()


def test_icons_take_the_colour_asked_for(dressed: object) -> None:
    image = icon("stop", LIGHT.bad).pixmap(32, 32).toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {LIGHT.bad}
    assert not application_icon().isNull()
    with pytest.raises(FileNotFoundError):
        icon("no such icon")


def test_told_error_words_know_our_errors(chinese: Words) -> None:
    assert told(chinese.error(KdguiError("refused"))).startswith("服务器拒绝连接\n")
