"""What a benchmark yields, how often it is taken, and the table in which all of it is shown."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        what, beside: what was measured, and the peer or limit that it is measured against.
        values: one for each time it was taken.
        goal: at most so much, or at least where `more` is better; None where nothing is asked.
        unit: "" for a ratio.
        note: the absolute figures behind a ratio, or what the limit is.
    """

    what: str
    beside: str
    values: Sequence[float]
    goal: float | None = None
    more: bool = False
    unit: str = ""
    note: str = ""

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        if self.goal is None:
            return True
        return self.median >= self.goal if self.more else self.median <= self.goal

    def line(self) -> str:
        """As a line of a Markdown table."""
        value = f"{self.median:.3g}{self.unit}"
        spread = f"{min(self.values):.3g}–{max(self.values):.3g}" if len(self.values) > 1 else "–"
        sign = "≥" if self.more else "≤"
        goal = "–" if self.goal is None else f"{sign} {self.goal:g}{self.unit}"
        met = "" if self.goal is None else "yes" if self.met else "no"
        return f"| {self.what} | {self.beside} | {value} | {spread} | {goal} | {met} | {self.note} |"


def table(figures: Iterable[Figure]) -> str:
    """All figures as a Markdown table, with the machine and its load above."""
    heading = "| what | beside | median | spread | goal | met | behind it |\n|---|---|---|---|---|---|---|"
    return "\n".join((f"{machine()}\n", heading, *(figure.line() for figure in figures)))


def machine() -> str:
    """The machine, and how busy it is with other things."""
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    kind = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{kind}, Python {platform.python_version()}, {load}"


def taken(times: int, call: Callable[[], float]) -> list[float]:
    """What `call` answers, so many times."""
    return [call() for _ in range(times)]


def child_cpu(command: Sequence[str], **more: str) -> float:
    """CPU seconds of a process, its imports included; where the system does not tell them, its seconds."""
    env = {**os.environ, **more}
    started, before = time.perf_counter(), os.times()
    subprocess.run(
        command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu or time.perf_counter() - started
