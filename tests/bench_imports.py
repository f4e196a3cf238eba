"""How long 100,000 rows of .xlsx take to be opened for their numbers, beside python-calamine's own loop.

`python tests/bench_imports.py [ROWS]` prints seconds of this process, the best of three.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from kdgui.store.imports.number_column import read_sheets_found
from kdgui.store.imports.number_files import read_sheets


def make_orders(path: Path, rows: int) -> None:
    """Orders as an ERP exports them: row, date, number, supplier, amount."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["序号", "日期", "单据编号", "供应商", "金额"])
        for row in range(1, rows + 1):
            line = [row, "2026-11-23", f"CGDD{row:06d}", f"VEN{row % 300:05d}", row * 1.5]
            sheet.write_row(row, 0, line)


def seconds(call: Callable[[], object]) -> float:
    """The best of three."""
    best = float("inf")
    for _ in range(3):
        gc.collect()
        gc.disable()
        began = time.process_time()
        call()
        best = min(best, time.process_time() - began)
        gc.enable()
    return best


def main() -> int:
    """Print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "orders.xlsx")
        make_orders(path, rows)
        sheets = read_sheets(path)
        loop = seconds(lambda: list(CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()))
        read = seconds(lambda: read_sheets(path))
        found = seconds(lambda: read_sheets_found(sheets))
    print(f"python-calamine's loop   {loop:6.2f} s")
    print(f"cells, formats, hidden   {read:6.2f} s   {read / loop:.1f} times the loop")
    print(f"column and numbers       {found:6.2f} s   for {rows:,} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
