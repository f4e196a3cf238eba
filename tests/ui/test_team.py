"""The team in the window: its page of settings, the sign in the strip, colleagues in the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QTableWidget
from pytestqt.qtbot import QtBot

from kdgui.bootstrap import open_engine
from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.store.journal.records import RunHeader
from kdgui.store.ledger.address import TeamAddress
from kdgui.store.ledger.ledger import Ledger, Station
from kdgui.store.ledger.publication import Publication, PublishedRow, PublishedRun
from kdgui.store.ledger.stations import Stations
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.ui.history.history_dialog import HistoryDialog
from kdgui.ui.settings.settings_dialog import SettingsDialog
from kdgui.ui.team_sign import TeamDialog, TeamSign
from tests.ui.conftest import MemoryKeyring

from ..database_servers import PASSWORD, DatabaseServer, database_server


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    with database_server("postgresql") as server:
        yield server


@pytest.fixture
def address(server: DatabaseServer, monkeypatch: pytest.MonkeyPatch) -> TeamAddress:
    address = server.fresh()
    Ledger.init(address)[0].close()
    monkeypatch.setenv("KDGUI_TEAM_PASSWORD", PASSWORD)
    return address


@pytest.fixture
def team_engine(
    address: TeamAddress, kdgui_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PushEngine]:
    monkeypatch.setenv("KDGUI_TEAM_URL", address.text)
    with open_engine(Paths(kdgui_home), attended=True) as engine:
        yield engine


def colleague_pushed(address: TeamAddress) -> None:
    """A colleague on another PC is there, and has pushed one bill."""
    ledger = Ledger.open(address)
    Stations(ledger).beat(Station("i-li", "h-li", "李强", "PC-李", data_centre_id="1"))
    now = datetime.now(UTC)
    target = TargetBill("STK_InStock", "9", "CGRK009", "A")
    row = Row("r1", 0, "CGDD009", Verdict.PUSHED, bill_id="101", targets=(target,))
    counts = ((Verdict.PUSHED, 1),)
    info = RunInfo(
        "r1", now, now, "http://k3/", "1", "小河", "李强", "", "PUR_PurchaseOrder", "R", "STK_InStock", counts
    )
    header = msgspec.json.encode(RunHeader("http://k3/", "1", "小河", "李强", pc="PC-李")).decode()
    published = PublishedRun("i-li", info, "PC-李", header)
    Publication(ledger, "h-li").publish([published], [PublishedRow("i-li", row, "")], now)
    ledger.close()


def test_the_sign_counts_who_is_there_and_says_where_the_ledger_is_gone(
    team_engine: PushEngine, address: TeamAddress, server: DatabaseServer, chinese: Words, qtbot: QtBot
) -> None:
    sign = TeamSign(team_engine.team, chinese)
    qtbot.addWidget(sign)
    sign.show()
    qtbot.waitUntil(lambda: "1 人" in sign.text(), timeout=20_000)
    colleague_pushed(address)
    team_engine.team.nudge()
    qtbot.waitUntil(lambda: "2 人" in sign.text(), timeout=20_000)
    dialog = TeamDialog(team_engine.team.state, chinese)
    qtbot.addWidget(dialog)
    table = dialog.findChild(QTableWidget, "teamTable")
    names = {table.item(row, 0).text() for row in range(table.rowCount())}
    assert names == {"李强", "未登录（本机）"}
    server.stop()
    try:
        team_engine.team.nudge()
        qtbot.waitUntil(lambda: "连不上" in sign.text(), timeout=20_000)
    finally:
        server.start()
    team_engine.team.nudge()
    qtbot.waitUntil(lambda: "人" in sign.text(), timeout=30_000)


def test_without_a_team_there_is_no_sign(engine: PushEngine, chinese: Words, qtbot: QtBot) -> None:
    sign = TeamSign(engine.team, chinese)
    qtbot.addWidget(sign)
    assert sign.isHidden()


def test_colleagues_runs_are_listed_and_read(
    team_engine: PushEngine, address: TeamAddress, chinese: Words, qtbot: QtBot
) -> None:
    colleague_pushed(address)
    dialog = HistoryDialog(team_engine, chinese)
    qtbot.addWidget(dialog)
    view = dialog.findChild(QTableView, "historyView")
    qtbot.waitUntil(lambda: view.model().rowCount() == 1, timeout=20_000)
    cells = [view.model().index(0, column).data() for column in range(view.model().columnCount())]
    assert any("李强" in str(cell) and "PC-李" in str(cell) for cell in cells)
    opened: list[str] = []
    dialog.run_chosen.connect(opened.append)
    dialog.findChild(QPushButton, "historyOpenButton").click()
    found = dialog.findChild(QTableView, "foundView")
    qtbot.waitUntil(lambda: found.model().rowCount() == 1, timeout=20_000)
    assert found.model().index(0, 3).data() == "CGRK009"
    assert not opened, "it is read here, and not opened to be worked on"
    assert not dialog.findChild(QPushButton, "historyOpenButton").isEnabled()
    dialog.findChild(QLineEdit, "historySearchEdit").setText("cgrk009")
    qtbot.waitUntil(lambda: "1" in dialog.findChild(QLabel, "historyNote").text(), timeout=20_000)


def test_a_team_is_tested_and_kept_in_the_settings(
    engine: PushEngine, address: TeamAddress, key_store: MemoryKeyring, chinese: Words, qtbot: QtBot,
    kdgui_home: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("KDGUI_TEAM_PASSWORD")
    dialog = SettingsDialog(engine, chinese, Paths(kdgui_home))
    qtbot.addWidget(dialog)
    dialog.show()
    kind = dialog.findChild(QComboBox, "teamKindCombo")
    kind.setCurrentIndex(kind.findData("postgresql"))
    tls = dialog.findChild(QComboBox, "teamTlsCombo")
    tls.setCurrentIndex(tls.findData("off"))
    for name, text in (("teamHostEdit", f"127.0.0.1:{address.port}"), ("teamUserEdit", address.user),
                       ("teamDatabaseEdit", address.database)):  # fmt: skip
        dialog.findChild(QLineEdit, name).setText(text)
    password = dialog.findChild(QLineEdit, "teamPasswordEdit")
    result = dialog.findChild(QLabel, "teamResult")
    password.insert("wrong")
    password.textEdited.emit("wrong")
    dialog.findChild(QPushButton, "teamTestButton").click()
    qtbot.waitUntil(lambda: "失败  用户与数据库" in result.text(), timeout=20_000)
    password.setText(PASSWORD)
    test = dialog.findChild(QPushButton, "teamTestButton")
    qtbot.waitUntil(test.isEnabled, timeout=20_000)
    test.click()
    qtbot.waitUntil(lambda: "通过  写入权限" in result.text(), timeout=20_000)
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        dialog.findChild(QPushButton, "saveSettingsButton").click()
    assert engine.settings.team_url == replace(address, password="").text
    assert list(key_store.kept.values()) == [PASSWORD]
    assert PASSWORD not in (kdgui_home / "settings.json").read_text(encoding="utf-8")
    qtbot.waitUntil(lambda: engine.team.state.view is not None, timeout=20_000)


def test_what_is_no_address_is_said(
    engine: PushEngine, chinese: Words, qtbot: QtBot, kdgui_home: Path
) -> None:
    dialog = SettingsDialog(engine, chinese, Paths(kdgui_home))
    qtbot.addWidget(dialog)
    dialog.show()
    kind = dialog.findChild(QComboBox, "teamKindCombo")
    kind.setCurrentIndex(kind.findData("mysql"))
    dialog.findChild(QPushButton, "saveSettingsButton").click()
    assert "地址看不懂" in dialog.findChild(QLabel, "settingsMessage").text()
    assert engine.settings.team_url == ""


def test_what_is_fixed_cannot_be_changed(
    team_engine: PushEngine, chinese: Words, qtbot: QtBot, kdgui_home: Path
) -> None:
    dialog = SettingsDialog(team_engine, chinese, Paths(kdgui_home))
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.findChild(QLineEdit, "teamHostEdit").isEnabled()
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        dialog.findChild(QPushButton, "saveSettingsButton").click()
    assert team_engine.settings.team_url == ""
