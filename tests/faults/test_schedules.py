"""Random schedules: a few every time, more with `--schedules N`; thousands by `tests/faults/schedules.py`."""

from __future__ import annotations

import random

import pytest

from .schedule import run_schedule


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("number", range(metafunc.config.getoption("--schedules")))


def test_a_random_schedule_keeps_the_promise(number: int) -> None:
    """Other ones every time: the seed is in the message, and runs it again."""
    report = run_schedule(random.SystemRandom().randrange(10**9))
    assert not report.broken, f"--schedules 1 --seed {report.seed} -v: {report.broken}"
