"""A journal of its own for every test, and what goes into one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal.open(path)
    yield journal
    journal.close()


@pytest.fixture
def header() -> RunHeader:
    return RunHeader(
        "http://127.0.0.1:8099/k3cloud/",
        "20260101a0b1c2",
        "小河贸易",
        "demo",
        "1001",
        "100",
        "PC",
        "kdgui 0.1",
    )


@pytest.fixture
def order() -> RunOrder:
    options = PushOptions(rule_id="PUR_PurchaseOrder-STK_InStock", target_form="STK_InStock")
    return RunOrder("PUR_PurchaseOrder", options, ("CGDD000001", "CGDD000002", "CGDD000003"))


@pytest.fixture
def intent() -> Intent:
    return Intent(
        "PUR_PurchaseOrder",
        "PUR_PurchaseOrder-STK_InStock",
        "STK_InStock",
        ("101",),
        ("CGDD000001",),
        ("9",),
        "{}",
    )


@pytest.fixture
def sent(journal: Journal, order: RunOrder, header: RunHeader, intent: Intent) -> tuple[int, Row]:
    """A run whose first row is being sent: the request and the row."""
    run_id, rows = journal.start_run(order, header)
    row = replace(rows[0], verdict=Verdict.SENDING, bill_id="101")
    return journal.intend(run_id, (row,), intent), row


@pytest.fixture
def kept(path: Path, order: RunOrder, header: RunHeader) -> tuple[Path, str]:
    """A journal closed with one run in it: its path and the run."""
    journal = Journal.open(path)
    run_id, _ = journal.start_run(order, header)
    journal.close()
    return path, run_id


@pytest.fixture
def in_process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python code in another process, with arguments in sys.argv; its output."""

    def run(code: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            **options,
        )

    return run
