"""What IT forbids is not offered in the window, or explained there; About lists before it exports."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit, QPushButton

from kdgui.bootstrap import open_engine
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.ui.about_dialog import AboutDialog
from kdgui.ui.choose.options_dialog import MoreOptions, OptionsDialog
from kdgui.ui.main_window import MainWindow

from .conftest import Practice

FORBIDDING = "[allow]\naudit = false\ndraft_on_fail = false\nunaudit = false\n"


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(FORBIDDING, encoding="utf-8")
    path.chmod(0o644)
    monkeypatch.setattr("kdgui.store.policy.policy_path", lambda: path)
    return path


@pytest.fixture
def window(policy: Path, chinese: Words, practice: Practice, kdgui_home: Path, qtbot) -> Iterator[MainWindow]:
    with open_engine(Paths(kdgui_home), attended=True) as engine:
        engine.connection.sign_in(replace(practice.profile(), read_only=True), practice.password)
        window = MainWindow(engine, chinese, geometry_file=kdgui_home / "window.ini")
        qtbot.addWidget(window)
        window.show()
        window.show_account()
        yield window
        qtbot.waitUntil(lambda: not window.controller.busy)


def test_what_is_forbidden_is_not_offered(window: MainWindow, qtbot) -> None:
    after = window.findChild(QComboBox, "afterCombo") or window.choose.after
    assert [after.itemData(index) for index in range(after.count())] == [""], (
        "a read-only connection submits nothing"
    )
    window.choose.choose("PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock")
    window.numbers.paste_text("CGDD000001\nCGDD000002")
    qtbot.waitUntil(window.numbers.check_button.isEnabled)
    push = window.findChild(QPushButton, "pushButton")
    assert not push.isEnabled()
    assert "只用于查询" in push.toolTip()


def test_drafts_are_not_offered_and_not_kept_from_before(chinese: Words, qtbot) -> None:
    dialog = OptionsDialog(MoreOptions(draft_on_fail=True), None, None)
    qtbot.addWidget(dialog)
    dialog.offer_drafts(False)
    dialog.show()
    assert not dialog.findChild(QCheckBox, "draftOnFailCheck").isVisible()
    dialog.accept()
    assert dialog.options.draft_on_fail is False


def test_about_lists_what_the_archive_holds_and_writes_it(
    chinese: Words, kdgui_home: Path, tmp_path: Path, qtbot
) -> None:
    places = Paths(kdgui_home)
    places.log_dir.mkdir(parents=True)
    (places.log_dir / "kdgui.log").write_text("password=geheim\n", encoding="utf-8")
    dialog = AboutDialog(places, chinese)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "LGPL" in dialog.findChild(QPlainTextEdit, "aboutLibraries").toPlainText()
    listed = dialog.findChild(QPlainTextEdit, "aboutParts").toPlainText().splitlines()
    dialog.export_to(tmp_path / "d.zip")
    qtbot.waitUntil(dialog.findChild(QPushButton, "exportDiagnosticsButton").isEnabled)
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        assert archive.namelist() == listed
        assert b"geheim" not in archive.read("logs/kdgui.log")
    dialog.export_to(tmp_path / "d.zip" / "no.zip")
    qtbot.waitUntil(dialog.findChild(QPushButton, "exportDiagnosticsButton").isEnabled)
    assert dialog._message.isVisible()
