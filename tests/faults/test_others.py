"""The promise against a server that shares nothing with this program; quick modes, `others.py` has all."""

from __future__ import annotations

import pytest

from .others import QUICK, try_mode


@pytest.mark.parametrize("mode", QUICK)
@pytest.mark.slow
def test_verdicts_agree_with_the_ledger(mode: str, no_shared_data_folder: None) -> None:
    trial = try_mode(mode)
    assert trial.wrong == []
    assert trial.unsettled == 0
