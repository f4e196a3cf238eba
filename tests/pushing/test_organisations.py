"""Organisations at the desk: where a run goes, and that it goes nowhere else after a lost session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kdgui.bootstrap import open_engine
from kdgui.domain.accounts import SignInMode
from kdgui.domain.bills import Organisation
from kdgui.domain.errors import BadInput, ConnectionTrouble, QueryRefused, SignInRefused
from kdgui.domain.verdicts import Verdict
from kdgui.practice.company import BRANCH, HEAD_OFFICE, TRADE
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.messages.words import load_words
from kdgui.store.profiles import Profile

from .conftest import QUIET, Bench, Witnessing

TRADE_ORG = Organisation(str(TRADE), "102", "外贸公司")


def stood(bench: Bench) -> set[int]:
    """In which organisations the server's sessions stood when they pushed (0: they were lost)."""
    return {post.organisation_id for post in bench.server.posts()}


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_desk_knows_where_it_works_and_what_there_is(bench: Bench) -> None:
    assert bench.engine.connection.organisation == Organisation(str(HEAD_OFFICE), "", "总部")
    listed = bench.engine.connection.organisations()
    assert [org.number for org in listed] == ["100", "101", "102"]
    assert listed[2] == TRADE_ORG
    bench.server.turn({"refused_forms": "ORG_Organizations"})
    assert bench.engine.connection.organisations() == ()


@pytest.mark.parametrize("parallel", [1, 3])
def test_no_push_goes_to_another_organisation_after_a_lost_session(bench: Bench, parallel: int) -> None:
    bench.engine.connection.switch_organisation(TRADE_ORG)
    *numbers, last = bench.pushable(7)
    bench.fault("session_lost", at=[2])
    rows = bench.push(numbers, parallel=parallel)

    assert [row.verdict for row in rows] == [Verdict.PUSHED] * 6
    assert stood(bench) - {0} == {TRADE}
    bench.assert_honest(rows)
    bench.server.end_sessions()  # as after a night: the question before the next run signs in quietly
    assert [row.verdict for row in bench.push([last])] == [Verdict.PUSHED]
    assert stood(bench) - {0} == {TRADE}
    assert bench.engine.connection.organisation == TRADE_ORG


def test_a_run_says_where_it_was_made(bench: Bench) -> None:
    bench.push(bench.pushable(1))
    bench.engine.connection.switch_organisation(TRADE_ORG)
    bench.push(bench.pushable(2)[1:])
    assert [run.organisation for run in bench.engine.journal.runs()] == ["外贸公司", "总部"]
    assert bench.engine.connection.signed_in is not None
    assert bench.engine.connection.signed_in.organisation_name == "外贸公司"


def test_during_a_run_nobody_switches(bench: Bench) -> None:
    refused: list[str] = []

    class Clerk(Witnessing):
        def rows_changed(self, rows: object) -> None:
            if not refused:
                with pytest.raises(BadInput) as caught:
                    bench.engine.connection.switch_organisation(TRADE_ORG)
                refused.append(caught.value.code)

    bench.observer = Clerk()
    bench.push(bench.pushable(2))
    assert refused == ["run_in_progress"]
    assert stood(bench) == {HEAD_OFFICE}


def test_a_switch_that_is_refused_or_lost_leaves_us_where_we_were(bench: Bench) -> None:
    with pytest.raises(QueryRefused) as caught:
        bench.engine.connection.switch_organisation(Organisation("", "999"))
    assert (caught.value.code, caught.value.values) == ("organisation_refused", {"organisation": "999"})
    assert "999" in caught.value.detail
    bench.server.turn({"view:drop_after_work": {"at": [1]}})
    with pytest.raises(ConnectionTrouble):
        bench.engine.connection.switch_organisation(TRADE_ORG)
    assert bench.engine.connection.organisation == Organisation(str(HEAD_OFFICE), "", "总部")
    rows = bench.push(bench.pushable(1))
    assert rows[0].verdict is Verdict.PUSHED
    assert stood(bench) - {0} == {HEAD_OFFICE}, "the session that stood nobody knows where is not used"


@pytest.mark.parametrize("bench", [{"by_organisation": True, "two_orgs": True}], indirect=True)
def test_what_is_in_doubt_in_one_organisation_is_not_asked_about_from_another(bench: Bench) -> None:
    """Silence there would be taken for "not there": its targets are not to be seen from here."""
    number = bench.pushable(1)
    bench.push(bench.pushable(2)[1:])  # a control
    bench.fault("late_commit", at=[1], seconds=1.5)
    (row,) = bench.push(number)
    assert row.presumed
    wait_until(lambda: bench.executions()[number[0]] == 1)
    bench.engine.connection.switch_organisation(Organisation(str(BRANCH), "101", "分公司"))
    assert bench.settle() == ()
    bench.engine.connection.switch_organisation(Organisation(str(HEAD_OFFICE), "100", "总部"))
    (settled,) = bench.settle()
    assert settled.verdict is Verdict.PUSHED
    bench.assert_honest([settled])


@pytest.mark.parametrize("bench", [{"by_organisation": True, "two_orgs": True}], indirect=True)
def test_a_doubt_of_another_organisation_says_where_it_can_be_settled(
    bench: Bench, window: PushEngine
) -> None:
    who = bench.server.invitation
    profile = Profile(server=who.url, data_centre_id=who.data_centre, user=who.user)
    window.connection.sign_in(profile, who.password)
    bench.engine = window
    first, second = bench.pushable(2)
    bench.push([first])  # a control
    run_id = leave_in_doubt(bench, second)
    bench.engine.connection.switch_organisation(Organisation(str(BRANCH), "101", "分公司"))
    observer = Witnessing()
    (told,) = bench.engine.runs.settle(RunControl(), observer, QUIET)
    assert (told.verdict, [reason.code for reason in told.reasons]) == (
        Verdict.UNSETTLED,
        ["crashed", "other_organisation"],
    )
    assert told.quiet_until is None, "nobody is asking"
    assert observer.told == [told] == list(bench.engine.journal.rows(run_id))
    advice = load_words("zh").advice(told)
    assert "总部" in advice
    assert bench.engine.runs.settle(RunControl(), observer, QUIET) == (), "it says so already"
    bench.engine.connection.switch_organisation(Organisation(str(HEAD_OFFICE), "100", "总部"))
    (settled,) = bench.settle()
    assert settled.verdict is Verdict.PUSHED
    assert "other_organisation" not in [reason.code for reason in (*settled.reasons, *settled.notes)]
    bench.assert_honest([settled])


def leave_in_doubt(bench: Bench, number: str) -> str:
    """A push that the server carried out and the program did not live to hear of."""
    journal, real = bench.engine.journal, bench.engine.journal.conclude
    journal.conclude = die  # type: ignore[method-assign]
    with pytest.raises(Died):
        bench.push([number])
    journal.conclude = real  # type: ignore[method-assign]
    return bench.engine.journal.runs()[0].run_id


class Died(BaseException):
    """The program ends here."""


def die(*_: object, **__: object) -> None:
    raise Died


# what is remembered


@pytest.fixture
def window(bench: Bench) -> Iterator[PushEngine]:
    """A desk as the window has it: a clerk sits before it."""
    bench.engine.connection.sign_out()
    with open_engine(bench.places, attended=True) as engine:
        yield engine


def test_the_window_begins_where_it_was_left(bench: Bench, window: PushEngine) -> None:
    who = bench.server.invitation
    profile = Profile(server=who.url, data_centre_id=who.data_centre, user=who.user)
    window.connection.sign_in(profile, who.password)
    window.connection.switch_organisation(TRADE_ORG)
    assert window.profiles.load()[0].organisation == "102"
    signed_in = window.connection.sign_in(profile, who.password)
    assert (signed_in.organisation_name, window.connection.organisation) == ("外贸公司", TRADE_ORG)

    book = window.profiles
    book.save(replace(book.load()[0], organisation="999", name="正式账套"))
    signed_in = window.connection.sign_in(profile, who.password)
    assert signed_in.organisation_name == "总部", "what is not to be had any more keeps nobody out"
    assert window.connection.organisation_trouble is not None
    assert window.connection.organisation_trouble.code == "sign_in_organisation"
    assert book.load()[0].organisation == ""
    with pytest.raises(SignInRefused):
        window.connection.sign_in(replace(profile, organisation="999"), who.password)


def test_the_command_line_keeps_away_from_what_the_window_remembers(bench: Bench, window: PushEngine) -> None:
    """It names neither label nor organisation: saving its profile would wipe those that the clerk chose."""
    who = bench.server.invitation
    profile = Profile(server=who.url, data_centre_id=who.data_centre, user=who.user)
    kept = replace(profile, name="正式账套", organisation="102")
    window.profiles.save(kept)
    for organisation, name in (("", "总部"), ("101", "分公司")):
        wanted = replace(profile, organisation=organisation)
        assert bench.engine.connection.sign_in(wanted, who.password).organisation_name == name
    assert bench.engine.profiles.load() == (kept,)


def test_signed_headers_carry_the_organisation(bench: Bench) -> None:
    who = bench.server.invitation
    profile = Profile(
        server=who.url, data_centre_id=who.data_centre, user=who.user, mode=SignInMode.SIGNED_HEADERS,
        app_id=who.app_id, organisation="102",
    )  # fmt: skip
    bench.engine.connection.sign_in(profile, who.app_secret)
    assert bench.engine.connection.organisation == TRADE_ORG
    bench.push(bench.pushable(1))
    bench.engine.connection.switch_organisation(Organisation(str(BRANCH), "101", "分公司"))
    bench.server.end_sessions()
    bench.push(bench.pushable(2)[1:])
    assert [post.organisation_id for post in bench.server.posts()] == [TRADE, BRANCH]
