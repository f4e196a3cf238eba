"""What makes a run wait at the first refusal: it would fail every bill."""

from __future__ import annotations

import pytest

from kdgui.domain.endings import Answer, Block, ServerError
from kdgui.pushing.flow.circuit_breaker import FailureStreaks


def refused(message: str, msg_code: int | None = 11) -> Answer:
    return Answer(Block(success=False, msg_code=msg_code, errors=(ServerError(message),)))


@pytest.mark.parametrize("alone", [True, False])
def test_a_user_off_the_white_list_stops_the_run_at_the_first_bill(alone: bool) -> None:
    said = refused("当前用户未指定允许调用WebAPI接口")
    assert FailureStreaks().answered(said, alone=alone)


def test_an_ordinary_check_stops_it_only_when_it_is_always_the_same() -> None:
    streaks = FailureStreaks()
    assert [streaks.answered(refused("批号为空")) for _ in range(5)] == [False] * 4 + [True]
