"""The whole program: built as the roof builds it, and played by itself in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QLineEdit, QWidget

from kdgui.app import build_program
from kdgui.arguments import build_parser
from kdgui.domain.errors import JournalTrouble

NAMES = [
    "formCombo",
    "ruleCombo",
    "targetFormCombo",
    "separateButton",
    "moreOptionsButton",
    "numbersGrid",
    "pasteButton",
    "openButton",
    "clearButton",
    "checkButton",
    "pushButton",
    "resultsView",
    "verdictTabs",
    "progressBar",
    "progressLabel",
    "stopButton",
    "resumeButton",
    "settleNowButton",
    "settleByHandButton",
    "retryButton",
    "exportButton",
    "copyButton",
    "detailPane",
    "historyButton",
    "searchEdit",
    "helpButton",
    "settingsButton",
    "switchButton",
]
SIGN_IN_NAMES = [
    "serverEdit",
    "dataCentreCombo",
    "userEdit",
    "passwordEdit",
    "rememberCheck",
    "loginButton",
    "loginMessage",
    "testConnectionButton",
]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_control_has_its_name_and_says_what_it_is(qapp, qtbot, kdgui_home: Path, language: str) -> None:
    font, sheet = qapp.font(), qapp.styleSheet()
    own_refusals = kdgui_home / "practice" / "refusals.json"
    own_refusals.parent.mkdir(parents=True)
    own_refusals.write_text("[", encoding="utf-8")
    program = build_program(
        build_parser().parse_args(["--demo", "--language", language, "--scheme", "light"])
    )
    try:
        program.sign_in()
        window = program.window
        window.show()
        missing = [name for name in (*NAMES, *SIGN_IN_NAMES) if window.findChild(QWidget, name) is None]
        assert missing == []
        told = ("Edit", "Combo", "Check", "Button", "Grid", "View", "Tabs", "Pane")
        mute = [
            name
            for name in (*NAMES, *SIGN_IN_NAMES)
            if name.endswith(told) and not window.findChild(QWidget, name).accessibleName()
        ]
        assert mute == []
        assert any(str(own_refusals) in text for text in window.messages.texts().values())
        assert window.results.details._fetch is not None, "the copy for IT asks the journal"
        with pytest.raises(JournalTrouble, match="journal_in_use"):
            build_program(build_parser().parse_args(["--demo"]))
        qtbot.waitUntil(lambda: bool(window.findChild(QLineEdit, "passwordEdit").text()), timeout=20_000)
    finally:
        program.window.close()
        program.close()
        program.deleteLater()
        for translator in qapp.findChildren(QTranslator):
            QCoreApplication.removeTranslator(translator)
        qapp.setFont(font)
        qapp.setStyleSheet(sheet)
        qapp.setQuitOnLastWindowClosed(True)


@pytest.mark.slow
def test_the_program_plays_a_run_by_itself_and_tells_the_truth(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    done = subprocess.run(
        [sys.executable, "-m", "kdgui", "--language", "zh", "--demo", "--autoplay", str(pictures)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    assert len(list(pictures.glob("*.png"))) >= 5
    assert done.stdout.count("成功") >= 30
    assert "没有收到回复" in done.stdout, "the bill whose line was cut was found by asking"
