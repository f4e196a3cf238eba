"""A lost journal in the window: told at every start until the clerk says that she has checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication

from kdgui.application import Application, StartOptions
from kdgui.bootstrap import open_journal
from kdgui.store.paths import Paths
from kdgui.ui.main_window import MainWindow

BUTTON = "messageAction_told.journal_lost"


@contextmanager
def started(application: QApplication, places: Paths) -> Iterator[Application]:
    font, sheet = application.font(), application.styleSheet()
    program = Application(application, places, StartOptions(language="zh"))
    try:
        program.window.show()
        yield program
    finally:
        program.window.close()
        program.close()
        program.deleteLater()
        for translator in application.findChildren(QTranslator):
            QCoreApplication.removeTranslator(translator)
        application.setFont(font)
        application.setStyleSheet(sheet)
        application.setQuitOnLastWindowClosed(True)
        application.processEvents()


def buttons(window: MainWindow) -> list[str]:
    return [button.text() for button in window.findChildren(QAbstractButton, BUTTON)]


def test_the_clerk_is_told_until_she_has_checked(qapp: QApplication, kdgui_home: Path) -> None:
    places = Paths(kdgui_home)
    with open_journal(places):
        pass
    places.journal.unlink()
    with started(qapp, places) as program:
        assert buttons(program.window) == ["我已在金蝶里核对"]
    with started(qapp, places) as program:
        (button,) = program.window.findChildren(QAbstractButton, BUTTON)
        button.click()
        qapp.processEvents()
        assert program.engine.journal.loss is None
    with started(qapp, places) as program:
        assert buttons(program.window) == []
