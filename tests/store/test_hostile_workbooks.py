"""Workbooks that are hostile or huge: bounded in time and memory, to be stopped, and told."""

from __future__ import annotations

import contextlib
import resource
import time
from pathlib import Path

import pytest
import xlsxwriter

from kdgui.domain.errors import BadInput, Stopped
from kdgui.store.imports.number_column import read_sheets_found
from kdgui.store.imports.number_files import read_sheets
from tests.store.odd_workbooks import cell, column, save, worksheet

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "编号.xlsx"


def first_column(path: Path) -> list[str]:
    (sheet,) = read_sheets(path)
    return [row.cells[0] for row in sheet.rows]


def peak() -> int:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize(
    ("rows", "before", "after"),
    [
        (column("CGDD1"), '<cols><col min="1" max="2000000000" hidden="1"/></cols>', ""),
        (column("CGDD1"), '<cols><col min="-5" max="0" hidden="1"/></cols>', ""),
        (
            column("CGDD1"),
            "",
            "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 20_000 + "</mergeCells>",
        ),
    ],
)
def test_claims_without_bounds_cost_nothing(path: Path, rows: str, before: str, after: str) -> None:
    save(path, worksheet(rows, before, after))
    before_it, began = peak(), time.thread_time()
    assert first_column(path) == ["CGDD1"]
    assert time.thread_time() - began < 5
    assert peak() - before_it < 150


@pytest.mark.parametrize("place", ["ZZZ1", "A1048577", "A99999999999", "XFE1"])
def test_cells_where_no_sheet_has_any_are_damage(path: Path, place: str) -> None:
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    save(path, worksheet(f'<row r="{row}">{cell(place, "CGDD1")}</row>'))
    with pytest.raises(BadInput, match="file_damaged"):
        read_sheets(path)


def test_a_diagonal_is_refused_before_it_fills_the_memory(path: Path) -> None:
    letters = [letter_of(number) for number in range(1, 16_384)]
    rows = "".join(f'<row r="{n}"><c r="{each}{n}"><v>{n}</v></c></row>' for n, each in enumerate(letters, 1))
    save(path, worksheet(rows))
    before, began = peak(), time.thread_time()
    with pytest.raises(BadInput, match="file_too_many_cells"):
        read_sheets(path)
    assert time.thread_time() - began < 20
    assert peak() - before < 400


def letter_of(column: int) -> str:
    name = ""
    while column:
        column, place = divmod(column - 1, 26)
        name = chr(ord("A") + place) + name
    return name


def test_very_long_cells_take_no_time(path: Path) -> None:
    long = "长 句，" * 8_000
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(3_000):
            sheet.write_row(row, 0, [f"CGDD{row:06d}", long[: 30_000 + row % 7], long])
    began = time.thread_time()
    found = read_sheets_found(read_sheets(path))
    assert len(found.reading.numbers) == 3_000
    assert time.thread_time() - began < 5


def test_entities_do_not_grow_without_bounds(path: Path) -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    sheet = worksheet(column("&l11;")).replace(
        "<worksheet", f'<!DOCTYPE worksheet [<!ENTITY l0 "lol">{bomb}]><worksheet', 1
    )
    with pytest.raises(BadInput, match="file_damaged"):
        read_sheets(save(path, sheet))


@pytest.mark.parametrize("name", ["traps.xlsx", "traps.ods", "traps.xls"])
def test_every_reading_can_be_stopped(name: str) -> None:
    def stop(_share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_sheets(SAMPLES / name, stop)


def test_progress_is_told(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(30_000):
            sheet.write_row(row, 0, [row, row + 1])
    told: list[float] = []
    read_sheets(path, told.append)
    assert told == sorted(told)
    assert 0.2 < told[-1] <= 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xls", "<table>" + "<tr>" * 300_000),
        ("a.xls", "<table><tr>" + "<td colspan=16384 rowspan=9999>x" * 20_000),
        ("a.xls", "<table>" + "<tr><td colspan=16384 rowspan=9999>x</td></tr>" * 3_000),
        ("a.txt", "\n" * 3_000_000),
        ("a.txt", "\t" * 11_000_000),
        ("a.csv", '"' * 5_000_000),
        ("a.csv", ',"' * 2_000_000),
    ],
)
def test_texts_and_pages_without_measure_are_bounded(
    tmp_path: Path, name: str, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdgui.store.imports.html_tables._MOST_CELLS", 100_000)  # a tenth, to be quick
    path = tmp_path / name
    path.write_text(content)
    before, began = peak(), time.thread_time()
    with contextlib.suppress(BadInput):
        read_sheets_found(read_sheets(path))
    assert time.thread_time() - began < 5
    assert peak() - before < 450


def test_repetitions_without_measure_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.fods"
    kinds = [f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("table", "office")]
    cell = '<t:table-cell t:number-columns-repeated="16384" o:value-type="string" o:string-value="x"/>'
    path.write_text(
        f'<o:document xmlns:t="{kinds[0]}" xmlns:o="{kinds[1]}"><o:body><t:table t:name="a">'
        f'<t:table-row t:number-rows-repeated="999999999">{cell}</t:table-row>'
        "</t:table></o:body></o:document>"
    )
    before = peak()
    with pytest.raises(BadInput, match="file_too_many_cells"):
        read_sheets(path)
    assert peak() - before < 450
