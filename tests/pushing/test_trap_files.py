"""A purchase list with every trap, saved and copied by LibreOffice Calc: numbers right, nothing silent.

The samples were made by LibreOffice 7.4: `traps.xlsx` saved, the two texts exported from it, `copied.*` what
Ctrl+A, Ctrl+C put on the clipboard as text and as a web page.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from kdgui.store.exports.run_workbook import read_sheets
from kdgui.store.imports.number_column import RowFate, TableFound, read_pasted, read_sheets_found

SAMPLES = Path(__file__).resolve().parents[1] / "store" / "samples"
SOUND = [
    *("CGDD000001", "CGDD000002", "CGDD000003", "CGDD000004", "CGDD000005", "000006", "CGDD000007"),
    *("CGDD000008", "202611230001", "202611230001", "CGDD000015", "CGDD000016", "CGDD000017", "CGDD000018"),
    *("CGDD000019", "CGDD000023", "000024", "CGDD000001", "000026", "27", "CGDD000030"),
]
CHANGES = {
    "CGDD000002": "blanks",
    "CGDD000003": "half_width",
    "CGDD000004": "invisible",
    "CGDD000005": "blanks",
    "CGDD000016": "split",
    "CGDD000017": "split",
    "CGDD000018": "split",
    "CGDD000019": "split",
    "000024": "wrapper",
}
AS_TEXT = ["rounded"] * 3 + ["error_value"] * 2 + ["date"] * 2 + ["no_digits"]
AS_CELLS = ["rounded", *["scientific"] * 2, *["error_value"] * 2, *["date"] * 2, "no_digits"]


def sound(found: TableFound) -> list[str]:
    return [number.text for number in found.reading.numbers if not number.trouble]


def troubles(found: TableFound) -> list[str]:
    return [number.trouble for number in found.reading.numbers if number.trouble]


def left_out(found: TableFound) -> dict[RowFate, int]:
    kept = {fate: found.reading.count(fate) for fate in RowFate if fate is not RowFate.TAKEN}
    return {fate: count for fate, count in kept.items() if count}


def assert_changes_told(found: TableFound) -> None:
    told = {number.text: "+".join(number.changes) for number in found.reading.numbers if number.changes}
    assert told == CHANGES


def test_the_workbook() -> None:
    found = read_sheets_found(read_sheets(SAMPLES / "traps.xlsx"))

    # the merged cell whose first row is hidden is seen in its second
    assert sound(found) == [*SOUND, "CGDD000031"]
    assert troubles(found) == AS_CELLS
    assert left_out(found) == {RowFate.HEADER: 1, RowFate.TOTAL: 1, RowFate.EMPTY: 3, RowFate.HIDDEN: 2}
    assert_changes_told(found)
    assert (found.doubtful, [sheet.name for sheet in found.sheets]) == (False, ["采购订单", "说明"])


@pytest.mark.parametrize("name", ["traps_unicode.txt", "traps_gb18030.csv"])
def test_the_exported_texts(name: str) -> None:
    found = read_sheets_found(read_sheets(SAMPLES / name))

    # a text does not tell what was hidden
    assert sound(found) == [*SOUND[:15], "CGDD000022", *SOUND[15:], "CGDD000031"]
    assert troubles(found) == AS_TEXT
    assert left_out(found) == {RowFate.HEADER: 1, RowFate.TOTAL: 1, RowFate.EMPTY: 5}
    assert not found.doubtful


def copied() -> tuple[str, str]:
    text, html = ((SAMPLES / f"copied.{kind}").read_text(encoding="utf-8") for kind in ("txt", "html"))
    return text, html


def test_the_clipboard_tells_hidden_rows_by_the_web_page_beside_the_text() -> None:
    text, html = copied()
    found = read_pasted(text, html)

    assert sound(found) == SOUND
    assert troubles(found) == AS_TEXT
    assert left_out(found) == {RowFate.HEADER: 1, RowFate.TOTAL: 1, RowFate.EMPTY: 5, RowFate.HIDDEN: 2}
    assert_changes_told(found)
    assert [row.number for row in found.sheets[0].rows if row.hidden] == [24, 33]
    assert "CGDD000022" in sound(read_pasted(text))


def test_a_web_page_that_does_not_fit_hides_nothing() -> None:
    text, html = copied()
    for other in ("", "<table>", "<table><tr><td>CGDD000099</td></tr></table>", html.replace("000019", "x")):
        assert read_pasted(text, other).sheets[0].hidden_rows == 0


def test_rows_that_excel_writes_as_not_displayed() -> None:
    """As Excel does: all rows are in the web page, hidden ones with a style."""
    html = (
        "<tr><td>A</td></tr><tr height=0 style='DISPLAY: none;mso-x:y'><td>B</td></tr><tr><td>####</td></tr>"
    )
    rows = read_pasted("A\nB\nC", f"<table>{html}</table>").sheets[0].rows
    assert [row.hidden for row in rows] == [False, True, False]


def test_formulas_that_were_never_calculated_are_refused_on_their_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (["单据编号"], ["CGDD000001"], ['="CGDD"&TEXT(2,"000000")'], ["=A2"], ["CGDD000004"]):
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    found = read_sheets_found(read_sheets(tmp_path / "a.xlsx"))

    assert (sound(found), troubles(found)) == (["CGDD000001", "CGDD000004"], ["formula", "formula"])
