"""What `kdgui push --fill` reads from a table, and what it tells of every value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from kdgui.cli.common import say
from kdgui.domain.chains import Chain
from kdgui.domain.errors import BadInput
from kdgui.domain.fills import FillState, FillTable
from kdgui.domain.orders import RunOrder
from kdgui.pushing.engine import PushEngine
from kdgui.store.imports.fill_table import read_fill_table
from kdgui.store.imports.number_files import read_sheets
from kdgui.store.journal.journal import Journal
from kdgui.store.messages.words import Words


def with_fill(engine: PushEngine, order: RunOrder, file: str, words: Words) -> RunOrder:
    """The order with what the table asks for; on stderr what is left out and what nobody can check.

    Raises:
        BadInput: fill_column_unclear, fill_no_field; and what reading the file raises.
    """
    table = read_fill_table(read_sheets(Path(file)))
    columns = engine.fills.columns(order, table.headings)
    if columns.unclear:
        raise BadInput("fill_column_unclear", headings="、".join(columns.unclear))
    _tell_left_out(table, columns.left_out, words)
    plan = engine.fills.plan(order, table, columns.chosen)
    for problem in plan.problems:
        say(words.text("cli.fill_problem", number=problem.number, why=words.reason(problem.reason)))
    for reason in plan.unchecked:
        told = words.explain(reason)
        say(words.text("cli.unchecked", what=told.what, why=told.why))
    return plan.order


def _tell_left_out(table: FillTable, headings: tuple[str, ...], words: Words) -> None:
    if headings:
        say(words.text("cli.fill_left_out", headings="、".join(headings)))
    if table.hidden:
        say(words.text("cli.fill_hidden", count=table.hidden))


def fill_of(journal: Journal, run_id: str) -> dict[int, dict[str, object]]:
    """By position what was to be filled in: each value asked for and held, and what changed on the way."""
    order = journal.order(run_id)
    if not order.fill_rows and not order.held_back:
        return {}
    names = {item.key: item.label for item in order.fill_fields}
    told: defaultdict[int, dict[str, object]] = defaultdict(lambda: {"fill": [], "changed": []})
    seen: set[int] = set()
    for chain in journal.chains.of_run(run_id):
        for position in chain.positions:
            values = _values(chain, position)
            if values:
                seen.add(position)
            told[position] = {"fill": values, "changed": _changes(chain)}
    for row in order.fill_rows:
        if row.position not in seen:
            values = [
                _value(key, names.get(key, key), row.line, wanted, None, FillState.WAITING)
                for key, wanted in row.values
            ]
            known = told[row.position]["fill"]
            told[row.position]["fill"] = [*known, *values] if isinstance(known, list) else values
    return dict(told)


def _values(chain: Chain, position: int) -> list[Mapping[str, object]]:
    return [
        {**_value(value.key, value.name, value.line, value.wanted, value.held, value.state),
         "target": chain.target.number or chain.target.id}
        for value in chain.fill
        if value.position == position
    ]  # fmt: skip


def _value(
    key: str, name: str, line: str, wanted: str, held: str | None, state: FillState
) -> dict[str, object]:
    return {"field": key, "name": name, "line": line, "wanted": wanted, "held": held, "state": state.value}


def _changes(chain: Chain) -> list[Mapping[str, object]]:
    return [
        {
            "field": value.key,
            "name": value.name,
            "line": value.line,
            "before": value.before,
            "after": value.after,
        }
        for value in chain.changed
    ]
