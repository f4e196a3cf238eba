"""What the process that reads .xls and .xlsb files tells the one that asked it, a line of JSON each."""

from __future__ import annotations

import msgspec

READER_ARGUMENT = "--read-workbook"
"""How a packaged program is told to be that process."""


class SheetPiece(msgspec.Struct, omit_defaults=True):
    """Some rows of a sheet, or what is wrong.

    Attributes:
        share: how much of the file has been read; 1 with the last piece.
        rows: number, whether it is hidden, the first column, texts.
        begins, ends: the first and the last piece of a sheet. What follows is told with the last one.
        hidden_columns: first and last of each stretch. merged: first row, last row, column of each area.
        untold: see Sheet.
        trouble: code of a BadInput, or "".
    """

    share: float = 0.0
    name: str = ""
    hidden: bool = False
    begins: bool = False
    ends: bool = False
    rows: list[tuple[int, bool, int, list[str]]] = []
    hidden_columns: list[tuple[int, int]] = []
    merged: list[tuple[int, int, int]] = []
    untold: list[str] = []
    trouble: str = ""
    detail: str = ""
