"""Prefetch: while the last request of a block is on its way, the bills of the next one are looked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Row
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.run.guard import Candidate, Guard, Refused

T = TypeVar("T")

LONGEST_SECONDS = 5.0
"""A question that takes longer is given up: whoever stops the run shall not wait for it."""


@dataclass(frozen=True, slots=True)
class Prefetched:
    """What the guard found of some rows, and when it was asked: steady and wall clock, in seconds."""

    candidates: tuple[Candidate, ...]
    refused: tuple[Refused, ...]
    since: tuple[float, float]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class _Question:
    rows: tuple[Row, ...]
    waits: int
    answer: Future[Prefetched | None]


class GuardPrefetch:
    """One question at a time, on a thread and a connection of its own. Used from the run's thread.

    It only ever saves time: what fails, comes late or fits no more is asked again in the ordinary way. And it
    asks no more once it failed: not every server lets itself be asked two things at a time.
    """

    def __init__(self, connection: Connection, guard: Guard) -> None:
        self._connection = connection
        self._guard = guard
        self._question: _Question | None = None
        self._failed = False
        self._resources = ExitStack()
        self._pool: ThreadPoolExecutor | None = None

    @property
    def count(self) -> int:
        """How many rows are being asked about; 0 where nothing is."""
        return len(self._question.rows) if self._question else 0

    def open(self) -> Future[None]:
        """Let the guard find out what it can check, beside everything else; never raises."""
        return self._started().submit(self._open)

    def ask(self, rows: Sequence[Row], waits: int) -> None:
        """Look for these rows, which are expected to be next; `waits` tells how often the run has waited."""
        if rows and self._question is None and not self._failed:
            answer = self._started().submit(self._find, tuple(rows))
            self._question = _Question(tuple(rows), waits, answer)

    def take(self, rows: Sequence[Row], waits: int) -> Prefetched | None:
        """What was found of these very rows, or None; the question is over either way.

        None as well where the run has waited since, or where the answer took too long.
        """
        question, self._question = self._question, None
        if question is None or question.rows != tuple(rows) or question.waits != waits:
            return None
        found = question.answer.result()
        return found if found and time.monotonic() - found.since[0] < LONGEST_SECONDS else None

    def close(self) -> None:
        """Wait for the question that is on its way, and close the connection."""
        self._resources.close()
        self._pool = None

    def _started(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._beside = self._resources.enter_context(self._connection.beside(LONGEST_SECONDS))
            self._pool = self._resources.enter_context(ThreadPoolExecutor(1, "kdgui-ahead"))
        return self._pool

    def _open(self) -> None:
        self._tried(lambda: self._guard.open(self._beside))

    def _find(self, rows: tuple[Row, ...]) -> Prefetched | None:
        since, asked_at = (time.monotonic(), time.time()), datetime.now(UTC)
        guard = self._guard.beside(self._beside)
        found = self._tried(lambda: guard.find(rows))
        return found and Prefetched(tuple(found[0]), tuple(found[1]), since, asked_at)

    def _tried(self, question: Callable[[], T]) -> T | None:
        """The answer, or None where asking failed, now or before: the ordinary way tells what is wrong."""
        if self._failed:
            return None
        try:
            return question()
        except KdguiError:
            self._failed = True
            return None
        finally:  # an idle connection would keep a server busy that takes one at a time
            self._beside.session.close()
