"""Where the bills of a command come from: lines of text, a column of a file, or a plan's search."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kdgui.cli.common import say
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import RunOrder
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.find_bills import FindResult
from kdgui.store.exports.run_workbook import read_number_lines, read_sheets
from kdgui.store.imports.number_column import read_sheet, read_sheets_found
from kdgui.store.imports.sheets import Sheet
from kdgui.store.messages.words import Words
from kdgui.store.plans import Origin, Plan, PlanSource

_LINES = frozenset({".txt", ""})


def is_searched(arguments: argparse.Namespace, plan: Plan) -> bool:
    """Whether the bills come from the plan's search: no list was given."""
    return plan.source.origin is Origin.FIND and arguments.numbers is None and not arguments.entry_ids


def numbers_of(arguments: argparse.Namespace, plan: Plan | None) -> tuple[str, ...]:
    """The list that was given, else that of the plan's file, else standard input. Raises BadInput."""
    if arguments.numbers is None and plan is not None and plan.source.origin is Origin.FILE:
        return numbers_in_file(Path(plan.source.file), plan.source)
    return tuple(read_number_lines(arguments.numbers or "-"))


def numbers_in_file(path: Path, source: PlanSource) -> tuple[str, ...]:
    """The bill numbers of a file, as a plan says where they stand in it; nothing is guessed.

    Raises:
        BadInput: of the file; sheet_unknown, column_unknown, column_doubtful, numbers_damaged, nothing_to_push.
    """
    if path.suffix.casefold() in _LINES and not (source.sheet or source.column):
        return tuple(read_number_lines(str(path)))
    sheets = _sheets(read_sheets(path), source.sheet)
    found = read_sheets_found(sheets)
    sheet, reading = found.sheets[found.place], found.reading
    if source.column:
        place = _column(reading.columns, source.column)
        reading = read_sheet(sheet, place)
    elif found.doubtful:
        raise BadInput("column_doubtful", names=", ".join(filter(None, reading.columns)))
    damaged = [number.text for number in reading.numbers if number.trouble]
    if damaged:
        raise BadInput("numbers_damaged", n=len(damaged), text=damaged[0][:80])
    return tuple(number.text for number in reading.numbers)


def _sheets(sheets: Sequence[Sheet], name: str) -> Sequence[Sheet]:
    if not name:
        return sheets
    found = [sheet for sheet in sheets if sheet.name.strip().casefold() == name.strip().casefold()]
    if not found:
        raise BadInput("sheet_unknown", name=name, names=", ".join(sheet.name for sheet in sheets))
    return found


def _column(columns: Sequence[str], name: str) -> int:
    wanted = name.strip().casefold()
    for place, heading in enumerate(columns):
        if heading.strip().casefold() == wanted:
            return place
    raise BadInput("column_unknown", name=name, names=", ".join(filter(None, columns)))


def found_by_plan(engine: PushEngine, order: RunOrder, plan: Plan, words: Words) -> RunOrder:
    """The order with the bills that the plan's conditions find, by their FIDs.

    Raises:
        BadInput: nothing_to_push where none is found; conditions that do not fit. What a read raises.
    """
    found = engine.finding.bills(order.form_id, order.options, plan.source.find, RunControl(), details=False)
    tell_limits(found, words)
    if not found.bills:
        raise BadInput("nothing_to_push")
    oldest_first = tuple(reversed(found.bills))
    numbers = tuple(each.bill.number for each in oldest_first)
    chosen = tuple((place, each.bill.id) for place, each in enumerate(oldest_first))
    return replace(order, numbers=numbers, chosen=chosen)


def tell_limits(found: FindResult, words: Words) -> None:
    """Say on stderr what a search left out, and what the form does not tell."""
    if found.more:
        say(words.text("cli.find_more", n=len(found.bills)))
    if found.untold:
        say(words.text("cli.find_untold", n=found.untold))
    for note in found.notes:
        told = words.explain(note)
        say(words.text("cli.unchecked", what=told.what, why=told.why))
