"""A few random schedules; thousands by `python tests/faults/schedules.py --schedules 10000`."""

from __future__ import annotations

import random

import pytest

from .schedule import run_schedule

SHORT = 10


@pytest.mark.parametrize("number", range(SHORT))
def test_a_random_schedule_keeps_the_promise(number: int) -> None:
    """Other ones every time: the seed is in the message, and runs it again."""
    report = run_schedule(random.SystemRandom().randrange(10**9))
    assert not report.broken, f"--schedules 1 --seed {report.seed} -v: {report.broken}"
