"""What the two big tables have in common: looks, selection by rows, and nothing that asks for every row."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView


def dress_table(view: QTableView, stretched: int) -> None:
    """Rows without a grid, headers that only name, all that is left of the width to the column `stretched`.

    Call it after the model was set. Column widths stay the view's affair.
    """
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().hide()
    header = view.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionsClickable(False)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    # A header asks at every change whether its whole column is selected: 80,000 calls for 20,000 rows.
    # With a selection of its own, in which nothing ever is, it does not.
    header.setSelectionModel(QItemSelectionModel(view.model(), header))


def fit_columns(view: QTableView, most: int) -> None:
    """Every column but the stretched one as wide as heading and rows in sight need, `most` pixels at most."""
    header = view.horizontalHeader()
    header.setResizeContentsPrecision(0)  # rows out of sight are not looked at: there may be many
    for column in range(header.count()):
        if header.sectionResizeMode(column) is not QHeaderView.ResizeMode.Stretch:
            wanted = max(view.sizeHintForColumn(column), header.sectionSizeHint(column))
            view.setColumnWidth(column, min(wanted, most))


def selected_lines(view: QAbstractItemView) -> list[int]:
    """The lines that are selected, in order; by ranges, since every index of 20,000 rows would be felt."""
    selection = view.selectionModel().selection()
    ranges = [selection.at(place) for place in range(selection.count())]
    return sorted({line for part in ranges for line in range(part.top(), part.bottom() + 1)})
