"""The readiness report against a practice server in every mood: each line in each of its lights."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from kdgui.domain.errors import ConnectionTrouble
from kdgui.domain.readiness import Light, Readiness
from kdgui.domain.verdicts import Verdict
from kdgui.k3cloud.exchange_record import ExchangeRecord
from kdgui.practice.rules import DISABLED_RULE, UNLOADABLE_RULE
from kdgui.practice.server import PracticeServer
from kdgui.pushing.readiness.report import ExchangeRecorder
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.exports.readiness_report import write_ready_file
from kdgui.store.messages.words import LANGUAGES, load_words
from kdgui.store.paths import resources_dir

from .conftest import FORM, RULE, Bench, make_desk

TARGET = "STK_InStock"
GREEN, AMBER, RED, GREY = "green", "amber", "red", "grey"


@pytest.fixture(scope="module")
def server() -> Iterator[PracticeServer]:
    practice = PracticeServer(read_catalogue_file())
    practice.start()
    yield practice
    practice.stop()
    assert practice.crashes == ()


@pytest.fixture
def look(server: PracticeServer, tmp_path: Path) -> Iterator[Callable[..., Readiness]]:
    """Turn switches, sign in, look at a rule; nothing was written to the server by the end."""

    def work(*, form: str = FORM, rule: str = RULE, target: str = "", **switches: object) -> Readiness:
        server.turn(switches)
        for engine in make_desk(tmp_path, server):
            return engine.choices.readiness(form, rule, target)
        raise AssertionError

    yield work
    assert server.posts() == [], "it reads only"
    server.reset()


def lights(report: Readiness) -> dict[str, str]:
    found = {line.code: line.light.value for line in report.lines}
    assert len(found) == len(report.lines), "each code once"
    return found


CASES: list[tuple[dict[str, object], dict[str, str]]] = [
    ({}, {}),
    ({"version": "7.5.1800.6"}, {"version": AMBER}),
    ({"version": ""}, {"version": GREY}),
    ({"organisation_untold": True}, {"organisation": AMBER}),
    ({"clock_offset": -4000}, {"clock": AMBER}),
    ({"no_rule_form": True},
     {"rule_list": AMBER, "rule_forms": GREY, "rule": GREY, "rule_state": GREY, "rule_source": GREY}),
    ({"rule_columns": False}, {"rule_forms": AMBER, "rule_state": GREY}),
    ({"rule_columns": False, "rule": UNLOADABLE_RULE, "target": TARGET},
     {"rule_forms": AMBER, "rule_state": GREY, "rule_source": GREY, "control": AMBER}),
    ({"rule_keys_odd": True}, {}),
    ({"rule": "no-such-rule"},
     {"rule": RED, "rule_state": GREY, "rule_source": GREY, "target_form": RED, "targets": GREY,
      "target_status": GREY, "creator": GREY, "links": GREY, "control": GREY, "drafts": GREY}),
    # linked quantities of the orders are explained by what other rules made of them
    ({"rule": DISABLED_RULE}, {"rule_state": RED, "control": AMBER}),
    ({"rule": UNLOADABLE_RULE}, {"rule_state": AMBER, "control": AMBER}),
    ({"form": "SAL_SaleOrder"}, {"rule_source": RED, "beforehand": AMBER}),
    ({"target": "PUR_ReceiveBill"}, {"target_form": AMBER, "control": AMBER}),
    ({"blind_forms": FORM}, {"sources": AMBER, "limit": GREY, "start_row": GREY, "pages": GREY}),
    ({"refused_forms": FORM},
     {"sources": RED, "source_status": GREY, "beforehand": GREY, "limit": GREY, "start_row": GREY,
      "pages": GREY}),
    ({"hidden_fields": "FDocumentStatus,FCreatorId,FFreezeStatus"},
     {"source_status": AMBER, "beforehand": AMBER, "target_status": AMBER, "creator": AMBER, "drafts": GREY}),
    ({"ignore_limit": True}, {"limit": AMBER}),
    ({"ignore_start_row": True}, {"start_row": AMBER, "pages": GREY}),
    ({"short_pages": 50}, {"pages": AMBER}),
    ({"blind_forms": TARGET}, {"targets": AMBER, "control": RED, "drafts": AMBER}),
    ({"refused_forms": TARGET},
     {"targets": RED, "target_status": GREY, "creator": GREY, "links": GREY, "control": GREY,
      "drafts": GREY}),
    ({"blind_reader": True}, {"control": RED}),
    ({"no_links": True}, {"links": AMBER}),
    ({"link_not_filterable": True}, {"links": AMBER}),
    ({"no_links": True, "hidden_fields": "FSRCBillNo"}, {"links": RED, "control": GREY}),
    ({"rule_id_rewritten": True}, {"control": AMBER}),  # links of another rule prove nothing
    ({"no_business_info": True}, {"business_info": AMBER}),
]  # fmt: skip
ALWAYS = {"trial": GREY}


@pytest.mark.parametrize(("asked", "expected"), CASES)
def test_each_line_shows_what_the_server_lets_be_seen(
    look: Callable[..., Readiness], asked: dict[str, object], expected: dict[str, str]
) -> None:
    report = look(**asked)

    assert {code: light for code, light in lights(report).items() if light != GREEN} == ALWAYS | expected
    for words in map(load_words, LANGUAGES):
        told = [words.ready(line) for line in report.lines]
        assert all("{" not in said.what + said.do and "（）" not in said.what for said in told)
        assert all(said.do and said.who for line, said in zip(report.lines, told, strict=True)
                   if line.light in (Light.AMBER, Light.RED))  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_light_is_without_a_server_that_causes_it(language: str) -> None:
    content = msgspec.json.decode((resources_dir() / f"words.{language}.json").read_bytes())
    worded = {tuple(key.split(".")[1:]) for key in content if key.startswith("ready.")}
    seen = {(code, light) for _, expected in CASES for code, light in expected.items()}
    codes = {code for code, _ in worded}
    seen |= {(code, GREEN) for code in codes - ALWAYS.keys()} | set(ALWAYS.items())

    assert worded == seen | {("clock", GREY)}  # every server of ours tells its time


def test_a_server_without_a_clock() -> None:
    heard = ExchangeRecord("S", "", "", 200, "", "", 0.0)
    stenographer = ExchangeRecorder()
    for date in ("", "no date", "Mon, 23 Nov 2026 10:00:00 -0000"):
        stenographer.hear(replace(heard, date=date))
    assert stenographer.offsets == []
    stenographer.hear(replace(heard, date="Mon, 23 Nov 2020 10:00:00 GMT"))
    assert stenographer.offsets[0] < -86400


def test_what_was_pushed_and_is_not_seen_any_more_is_red(bench: Bench) -> None:
    """The journal knows a target: that nothing is shown is no "none was pushed yet"."""
    assert [row.verdict for row in bench.push(bench.pushable(1))] == [Verdict.PUSHED]
    posts = bench.server.posts()
    assert lights(bench.engine.choices.readiness(FORM, RULE))["control"] == GREEN
    bench.server.turn({"blind_forms": TARGET})
    found = lights(bench.engine.choices.readiness(FORM, RULE))
    assert (found["targets"], found["links"], found["control"]) == (AMBER, GREEN, RED)
    assert bench.server.posts() == posts


def test_nothing_that_it_finds_is_remembered(bench: Bench) -> None:
    """Else a look at a server in a bad mood would spoil the run after it."""
    bench.server.turn({"no_links": True})
    assert lights(bench.engine.choices.readiness(FORM, RULE))["links"] == AMBER
    bench.server.turn({"no_links": False})
    assert lights(bench.engine.choices.readiness(FORM, RULE))["links"] == GREEN
    assert bench.engine.journal.recall("control", f"{bench.server.url}|") is None


def test_a_line_that_breaks_ends_the_report(bench: Bench) -> None:
    bench.server.stop()
    with pytest.raises(ConnectionTrouble):
        bench.engine.choices.readiness(FORM, RULE)


def test_the_file_holds_all_questions_and_answers_and_no_secret(bench: Bench, tmp_path: Path) -> None:
    bench.server.end_sessions()  # a quiet sign-in in the middle of it
    bench.server.turn({"clock_offset": 1000})
    report = bench.engine.choices.readiness(FORM, RULE)
    path = tmp_path / "ready.json"
    write_ready_file(path, report, {"form": FORM}, load_words("zh"))
    text = path.read_text(encoding="utf-8")
    found = json.loads(text)

    assert found["readable"]["about"]["form"] == FORM
    clock = next(line for line in found["readable"]["lines"] if line["code"] == "clock")
    assert (clock["light"], clock["who"]) == ("amber", "管理员")
    assert abs(int(next(filter(str.isdigit, clock["what"].split()))) - 1000) <= 2
    asked = "\n".join(item["asked"] for item in found["raw"])
    for service in ("ValidateUser", "ExecuteBillQuery", "QueryBusinessInfo"):
        assert f".{service}" in asked
    assert all(item["answered"].startswith("HTTP 200") for item in found["raw"])
    assert "BOS_ConvertRule" in asked
    assert not any(write in asked for write in (".Push", ".Submit", ".Save", ".Delete"))
    session = bench.engine.connection._connection.session  # type: ignore[union-attr]  # signed in
    for secret in (bench.server.invitation.password, *session._channel.state.secrets()):
        assert secret
        assert secret not in text


def test_forms_are_called_by_their_names(look: Callable[..., Readiness]) -> None:
    told = [load_words("zh").ready(line).what for line in look().lines]
    assert "目标单据是 采购入库单 STK_InStock" in told
