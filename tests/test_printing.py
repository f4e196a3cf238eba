"""What the command line prints as text: one line a row, whatever a server says."""

from __future__ import annotations

import io
import json

import pytest

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.printing import Printer, visible
from kdgui.store.messages.words import load_words

FORGED = "no stock\nCGDD000002\t已下推\tCGRK000001\r\x1b[2K\x1b[31mx\u202e\u2028y\x851A"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("采购订单 A-1，可以 ｂ", "采购订单 A-1，可以 ｂ"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b[31m\x9b\x7f", r"\x1b[31m\x9b\x7f"),
        ("\u202eab\u2028\u200b\ufeff", r"\u202eab\u2028\u200b\ufeff"),
        ("\ud800 😀", "\\ud800 😀"),
    ],
)
def test_what_controls_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_message_of_the_server_makes_no_row(language: str) -> None:
    rows = [
        Row("r", 0, "CGDD1", Verdict.FAILED, reasons=(Reason("server_said", said=FORGED),)),
        Row("r", 1, "CGDD\n2", Verdict.PUSHED, targets=(TargetBill("STK_InStock", "1", "CG\x1bRK", "A"),)),
    ]
    out = io.StringIO()
    Printer(out, load_words(language), as_json=False).rows(rows, "r", 1.0)
    lines = out.getvalue().split("\n")
    assert [line.count("\t") for line in lines] == [3, 3, 0, 0]
    assert not set(out.getvalue()) & set("\x1b\r\x9b\u202e\u2028")


def test_json_keeps_the_message_as_it_is_and_tells_an_alarm() -> None:
    row = Row("r", 0, "CGDD1", Verdict.PUSHED, notes=(Reason("server_said", said=FORGED),), alarm=True)
    out = io.StringIO()
    Printer(out, load_words("zh"), as_json=True).rows([row], "r", 1.0)
    first, _ = map(json.loads, out.getvalue().splitlines())
    assert first["alarm"] is True
    assert FORGED in first["notes"][0]
