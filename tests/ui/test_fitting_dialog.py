"""Dialogs that follow their content: no scroll bar while the screen has room, and in sight as they grow."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.style import em

WORDS = "Words that wrap where the width ends, "


@pytest.fixture
def dialog(qtbot: QtBot, dressed: QApplication) -> FittingDialog:
    dialog = FittingDialog(None, ems_wide=20)
    qtbot.addWidget(dialog)
    close = push_button("closeButton", dialog.reject)
    say(close, "Close")
    dialog.buttons.addWidget(close)
    return dialog


def add_text(dialog: FittingDialog, times: int) -> None:
    label = plain_label(wrap=True)
    label.setText(WORDS * times)
    dialog.column.addWidget(label)


def scrolled(dialog: FittingDialog) -> int:
    area = dialog.findChild(QScrollArea)
    assert area is not None
    return area.verticalScrollBar().maximum()


@pytest.mark.parametrize("times", range(4, 24))
def test_what_fits_is_not_scrolled_however_its_lines_wrap(
    dialog: FittingDialog, qtbot: QtBot, times: int
) -> None:
    add_text(dialog, times)
    with qtbot.waitExposed(dialog):
        dialog.show()
    qtbot.waitUntil(lambda: dialog.height() > em(dialog, 5) and scrolled(dialog) == 0)


def test_what_is_too_high_is_scrolled_and_the_buttons_stay_on_the_screen(
    dialog: FittingDialog, qtbot: QtBot
) -> None:
    room = dialog.screen().availableGeometry()
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.move(room.x(), room.bottom() - em(dialog, 8))
    add_text(dialog, 400)
    qtbot.waitUntil(lambda: dialog.height() > room.height() // 2 and scrolled(dialog) > 0)
    assert dialog.height() < room.height()
    assert dialog.frameGeometry().bottom() <= room.bottom()


def test_a_dialog_that_is_made_lower_by_hand_scrolls(dialog: FittingDialog, qtbot: QtBot) -> None:
    add_text(dialog, 20)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert scrolled(dialog) == 0
    dialog.resize(dialog.width(), em(dialog, 8))
    qtbot.waitUntil(lambda: scrolled(dialog) > 0)
