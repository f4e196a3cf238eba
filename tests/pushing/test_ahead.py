"""Asking ahead: an answer is used for the very rows it was asked for, while it is fresh, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from kdgui.domain.bills import SourceBill
from kdgui.domain.errors import ConnectionTrouble, KdguiError
from kdgui.domain.verdicts import Row
from kdgui.pushing.run import prefetch as room
from kdgui.pushing.run.guard import Candidate, Refused
from kdgui.pushing.run.prefetch import GuardPrefetch

ROWS = [Row("r", place, f"CGDD{place}") for place in range(3)]


class Line:
    """A line that tells how long a call over the one beside it may take, and whether that was closed."""

    def __init__(self) -> None:
        self.closed: list[bool] = []
        self.longest = 0.0

    @contextmanager
    def beside(self, longest_seconds: float) -> Iterator[SimpleNamespace]:
        self.longest = longest_seconds
        yield SimpleNamespace(name="beside", session=SimpleNamespace(close=lambda: None))
        self.closed.append(True)


class Guard:
    """Finds every row as a bill, on the thread that asks."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Row, ...]]] = []
        self.trouble: KdguiError | None = None
        self.shut: KdguiError | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.line = ""

    def beside(self, line: SimpleNamespace) -> Guard:
        self.line = line.name
        return self

    def open(self, _line: object) -> None:
        if self.shut:
            raise self.shut

    def find(self, rows: Sequence[Row]) -> tuple[list[Candidate], list[Refused]]:
        self.may_answer.wait(10)
        self.asked.append((threading.current_thread().name, tuple(rows)))
        if self.trouble:
            raise self.trouble
        return [Candidate(row, SourceBill(str(row.position), row.number)) for row in rows], []


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def guard() -> Guard:
    return Guard()


@pytest.fixture
def ahead(line: Line, guard: Guard) -> Iterator[GuardPrefetch]:
    ahead = GuardPrefetch(line, guard)  # type: ignore[arg-type]  # stand-ins with the methods that are used
    yield ahead
    ahead.close()


def test_what_was_asked_ahead_is_there_when_the_block_begins(
    ahead: GuardPrefetch, guard: Guard, line: Line
) -> None:
    assert ahead.count == 0
    ahead.ask(ROWS, waits=1)
    assert ahead.count == 3
    found = ahead.take(list(ROWS), waits=1)
    assert found is not None
    assert [candidate.row for candidate in found.candidates] == ROWS
    assert guard.asked == [("kdgui-ahead_0", tuple(ROWS))]
    assert (guard.line, line.longest) == ("beside", room.LONGEST_SECONDS)
    assert ahead.count == 0
    assert ahead.take(ROWS, waits=1) is None, "an answer serves once"


def test_one_question_at_a_time_and_none_about_nothing(ahead: GuardPrefetch, guard: Guard) -> None:
    ahead.ask([], waits=0)
    assert ahead.count == 0
    guard.may_answer.clear()
    ahead.ask(ROWS[:1], waits=0)
    ahead.ask(ROWS, waits=0)
    guard.may_answer.set()
    assert ahead.take(ROWS[:1], waits=0) is not None
    assert len(guard.asked) == 1


@pytest.mark.parametrize(("rows", "waits"), [(ROWS[:2], 0), (ROWS[::-1], 0), (ROWS, 1)])
def test_other_rows_or_a_pause_in_between_want_a_fresh_question(
    ahead: GuardPrefetch, rows: list[Row], waits: int
) -> None:
    ahead.ask(ROWS, waits=0)
    assert ahead.take(rows, waits=waits) is None
    assert ahead.count == 0


def test_what_failed_is_asked_in_the_ordinary_way_from_then_on(ahead: GuardPrefetch, guard: Guard) -> None:
    """A server may take one connection at a time: every block would have waited for the time-out."""
    guard.trouble = ConnectionTrouble("read_timeout")
    ahead.ask(ROWS, waits=0)
    assert ahead.take(ROWS, waits=0) is None
    guard.trouble = None
    ahead.ask(ROWS, waits=0)
    assert (ahead.count, ahead.take(ROWS, waits=0)) == (0, None)
    assert len(guard.asked) == 1


def test_a_guard_that_could_not_be_opened_is_not_asked(ahead: GuardPrefetch, guard: Guard) -> None:
    guard.shut = ConnectionTrouble("read_timeout")
    opened = ahead.open()
    ahead.ask(ROWS, waits=0)
    assert opened.result() is None
    assert ahead.take(ROWS, waits=0) is None
    assert guard.asked == []


def test_an_old_answer_is_no_answer(ahead: GuardPrefetch, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead.ask(ROWS, waits=0)
    monkeypatch.setattr(room, "LONGEST_SECONDS", 0.0)
    assert ahead.take(ROWS, waits=0) is None


def test_closing_ends_the_thread_and_the_connection(ahead: GuardPrefetch, line: Line) -> None:
    before = threading.active_count()
    ahead.ask(ROWS, waits=0)
    ahead.close()
    assert (line.closed, threading.active_count()) == ([True], before)
