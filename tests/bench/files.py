"""Files and the clipboard beside csv, XlsxWriter, openpyxl and python-calamine."""

from __future__ import annotations

import csv
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import python_calamine
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict, count_verdicts
from kdgui.store.catalogue import load_catalogue
from kdgui.store.exports.run_workbook import write_run_workbook
from kdgui.store.imports.number_column import read_pasted, read_sheets_found
from kdgui.store.imports.number_files import read_sheets
from kdgui.store.messages.words import load_words
from tests.bench.measure import Figure, taken


def results(count: int) -> tuple[Row, ...]:
    """Rows of a run, every tenth of them failed."""
    asked, failed = datetime.now(UTC), (Reason.of("already_pushed", count=1),)
    return tuple(
        Row("20260101-080000-1", place, f"CGDD{place:08d}", Verdict.FAILED, reasons=failed, asked_at=asked)
        if place % 10 == 0
        else Row(
            "20260101-080000-1",
            place,
            f"CGDD{place:08d}",
            Verdict.PUSHED,
            str(100_000 + place),
            (TargetBill("STK_InStock", str(200_000 + place), f"CGRK{place:08d}", "Z"),),
            asked_at=asked,
        )
        for place in range(count)
    )


def paste(*, long: bool) -> Iterator[Figure]:
    """Ten thousand pasted numbers, read and cleaned, beside csv.reader and a dictionary."""
    text = "\n".join(f"CGDD{place:08d}" for place in range(10_000))

    def peer() -> object:
        return dict.fromkeys(row[0].strip() for row in csv.reader(text.splitlines()) if row)

    values, note = _ratios(lambda: read_pasted(text), peer, 9 if long else 5)
    yield Figure("paste of 10,000 numbers, read and cleaned", "csv.reader + dict", values, 10, note=note)


def export(*, long: bool) -> Iterator[Figure]:
    """A run as .xlsx beside XlsxWriter's own loop over the same cells with one format."""
    rows, words = results(100_000 if long else 10_000), load_words("zh")
    counts = count_verdicts(rows)
    now = datetime.now(UTC)
    place = ("http://127.0.0.1/k3cloud/", "1", "", "demo", "", "PUR_PurchaseOrder")
    info = RunInfo(
        "20260101-080000-1", now, now, *place, "PUR_PurchaseOrder-STK_InStock", "STK_InStock", counts
    )
    with TemporaryDirectory() as folder:
        path, catalogue = Path(folder) / "run.xlsx", load_catalogue()

        def ours() -> None:
            write_run_workbook(path, info, rows, words, catalogue=catalogue)

        ours()
        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        cells = [
            ["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)
        ]
        values, note = _ratios(ours, lambda: _bare_export(Path(folder) / "bare.xlsx", cells), 3)
    yield Figure(f"export of {len(rows):,} rows", "XlsxWriter's own loop", values, 1.3, note=note)


def workbook(*, long: bool) -> Iterator[Figure]:
    """The numbers out of a workbook beside two readers' own loops."""
    count = 100_000 if long else 10_000
    with TemporaryDirectory() as folder:
        path = Path(folder) / "numbers.xlsx"
        lines = [
            ["单据编号", "日期", "数量"],
            *([f"CGDD{n:08d}", "2026-11-23", str(n)] for n in range(count)),
        ]
        _bare_export(path, lines)

        def by_openpyxl() -> object:
            book = openpyxl.load_workbook(path, read_only=True)
            return list(book.worksheets[0].iter_rows(values_only=True))

        def by_calamine() -> object:
            return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()

        for name, peer, goal in (
            ("openpyxl's loop", by_openpyxl, 1.0),
            ("python-calamine", by_calamine, 2.5),
        ):
            values, note = _ratios(lambda: read_sheets_found(read_sheets(path)), peer, 3)
            yield Figure(f"numbers out of {count:,} rows of .xlsx", name, values, goal, note=note)


def _bare_export(path: Path, cells: Sequence[Sequence[str]]) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, style = book.add_worksheet(), book.add_format({"valign": "top"})
    for row, line in enumerate(cells):
        for column, text in enumerate(line):
            if text:
                sheet.write_string(row, column, text, style)
    book.close()


def _ratios(ours: Callable[[], object], peer: Callable[[], object], times: int) -> tuple[list[float], str]:
    """Ours by the peer's, in CPU seconds; the collector rests for both, as it does in the program."""
    notes: list[str] = []

    def ratio() -> float:
        mine, other = _cpu(ours), _cpu(peer)
        notes.append(f"{1000 * mine:.0f} · {1000 * other:.0f} ms")
        return mine / other

    gc.collect()
    gc.disable()
    try:
        return taken(times, ratio), notes[-1]
    finally:
        gc.enable()


def _cpu(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started
