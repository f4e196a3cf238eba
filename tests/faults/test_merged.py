"""Merged pushes: who is to blame for a refused block, what was left out, and never anything sent twice."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from kdgui.domain.verdicts import Row, Verdict
from kdgui.pushing.flow.run_control import Pause

from .conftest import Bench, codes, verdicts

PUSHED, FAILED, SKIPPED = Verdict.PUSHED, Verdict.FAILED, Verdict.SKIPPED


def mixed_list(bench: Bench, *, good: int, culprits: int, missing: int) -> list[str]:
    """Bills in the books' order, with unfit ones and unknown numbers strewn among them."""
    numbers = list(bench.numbers(good))
    for index, number in enumerate(
        (*bench.numbers(culprits, "no_price"), *map("NO-{}".format, range(missing)))
    ):
        numbers.insert((index * 17 + 3) % len(numbers), number)
    return numbers


def by_number(rows: Sequence[Row]) -> dict[str, Row]:
    return {row.number: row for row in rows}


def push_posts(bench: Bench) -> int:
    return sum(post.operation == "push" for post in bench.server.posts())


@pytest.mark.parametrize("bench", [{}, {"split_size": 3}, {"old_answers": True}], indirect=True)
def test_a_long_list_with_unfit_bills_permuted_answers_and_missing_numbers(bench: Bench) -> None:
    bench.fault("order_swapped", probability=1)
    numbers = mixed_list(bench, good=70, culprits=4, missing=3)
    block = 25

    rows = bench.push(numbers, merged=True, block=block)

    bench.assert_honest(rows)
    unfit, missing = set(bench.numbers(4, "no_price")), {n for n in numbers if n.startswith("NO-")}
    for row in rows:
        expected = FAILED if row.number in unfit else SKIPPED if row.number in missing else PUSHED
        assert row.verdict is expected, (row.number, codes(row.reasons))
    assert all("server_said" in codes(by_number(rows)[number].reasons) for number in unfit)
    assert push_posts(bench) <= len(numbers) / block + 2 * 4 * math.log2(block) + 10


@pytest.mark.parametrize("bench", [{"mixed": "keep_failure"}], indirect=True, ids=str)
def test_what_a_block_left_out_is_settled_by_silence_though_the_answer_was_no_plain_one(bench: Bench) -> None:
    """The answer named targets and took them back by its code: what it had left out stayed open for ever."""
    first, *good = bench.numbers(3)
    bench.push([first])
    unfit = bench.numbers(1, "no_price")[0]
    bench.fault("session_lost_with_entity", at=[1])

    rows = bench.push([good[0], unfit, good[1]], merged=True, block=3)

    bench.assert_honest(rows)
    assert verdicts(rows) == [PUSHED, FAILED, PUSHED]
    assert (rows[1].presumed, codes(rows[1].reasons)[0]) == (True, "left_out")


def test_several_sources_of_one_target_say_so(bench: Bench) -> None:
    rows = bench.push(bench.numbers(12), merged=True, block=12)

    shared = [row for row in rows if "merged_into" in codes(row.notes)]
    bench.assert_honest(rows)
    assert shared
    assert len({target.id for row in rows for target in row.targets}) < len(rows)
    assert push_posts(bench) == 1


@pytest.mark.parametrize("bench", [{"attended": True}], indirect=True)
@pytest.mark.parametrize("choice", ["split", "none"])
def test_the_clerk_decides_what_becomes_of_a_refused_block(bench: Bench, choice: str) -> None:
    clerk = bench.new_clerk()
    asked: list[Pause] = []

    def choose(pause: Pause) -> None:
        asked.append(pause)
        clerk.control.choose(choice)

    clerk.when_paused = choose
    numbers = [*bench.numbers(5), *bench.numbers(1, "no_price"), *bench.numbers(7)[5:]]

    rows = bench.push(numbers, clerk=clerk, merged=True, block=8, split=None)

    bench.assert_honest(rows)
    assert [pause.choices for pause in asked] == [("split", "none")]
    if choice == "split":
        assert verdicts(rows) == [FAILED if index == 5 else PUSHED for index in range(8)]
    else:
        assert verdicts(rows) == [FAILED] * 8
        assert all("block_refused" in codes(row.notes) for row in rows)
        assert push_posts(bench) == 1


def test_no_split_leaves_the_block_alone(bench: Bench) -> None:
    rows = bench.push([*bench.numbers(3), *bench.numbers(1, "no_price")], merged=True, block=4, split=False)

    bench.assert_honest(rows)
    assert verdicts(rows) == [FAILED] * 4
    assert push_posts(bench) == 1


def test_a_bill_that_the_server_names_is_left_out_and_the_rest_goes_as_one_block(bench: Bench) -> None:
    numbers = [*bench.numbers(4), *bench.numbers(1, "submitted"), *bench.numbers(6)[4:]]

    rows = bench.push(numbers, merged=True, block=7, insisted=(4,))

    bench.assert_honest(rows)
    assert verdicts(rows) == [FAILED if index == 4 else PUSHED for index in range(7)]
    assert push_posts(bench) == 2


@pytest.mark.parametrize("bench", [{"mixed": "keep_success"}, {"mixed": "keep_failure"}], indirect=True)
def test_a_server_that_keeps_the_good_part(bench: Bench) -> None:
    numbers = [*bench.numbers(4), *bench.numbers(2, "no_price")]

    rows = bench.push(numbers, merged=True, block=6)

    bench.assert_honest(rows)
    assert verdicts(rows)[4:] == [FAILED] * 2
    assert PUSHED in verdicts(rows)[:4], "those that were not to go into one target with an unfit one"
    assert push_posts(bench) == 1


def test_a_bill_dropped_in_silence_is_told_and_watched(bench: Bench) -> None:
    bench.fault("source_dropped", at=[1])

    rows = bench.push(bench.numbers(5), merged=True, block=5)

    bench.assert_honest(rows)
    assert verdicts(rows) == [PUSHED] * 4 + [FAILED]
    assert codes(rows[4].reasons) == ["left_out"]
    assert rows[4].presumed


@pytest.mark.parametrize("bench", [{"no_links": True}], indirect=True)
def test_a_form_without_links_is_not_merged(bench: Bench) -> None:
    rows = bench.push(bench.numbers(3), merged=True)

    assert verdicts(rows) == [Verdict.NOT_SENT] * 3
    assert codes(rows[0].reasons) == ["cannot_merge"]
    assert push_posts(bench) == 0


def test_a_cut_line_leaves_every_bill_of_the_block_to_be_settled(bench: Bench) -> None:
    bench.fault("drop_after_work", at=[2])

    rows = bench.push(bench.numbers(9), merged=True, block=3)

    bench.assert_honest(rows)
    assert verdicts(rows) == [PUSHED] * 9
    assert max(bench.posts().values()) == 1
