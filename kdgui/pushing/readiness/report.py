"""The readiness report: what a rule can count on at this server, found out by reading only.

It asks what a run would ask, and a little more, so that the first contact with a server settles what nobody
published (protocol 7). Nothing that it finds is remembered, and nothing is written to the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from kdgui.domain.errors import KdguiError
from kdgui.domain.readiness import Light, Readiness, ReadyLine
from kdgui.domain.rules import Rule, same_form
from kdgui.k3cloud import convert_rules as rule_form
from kdgui.k3cloud.business_info import BusinessInfo
from kdgui.k3cloud.exchange_record import ExchangeRecord
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.readiness.notes import ReportNotes
from kdgui.pushing.readiness.source_form import look_at_source
from kdgui.pushing.readiness.target_form import RuleUnderTest, ScratchDiscoveries, look_at_target
from kdgui.pushing.schema.rule_choices import named

__all__ = ["Light", "Readiness", "ReadyLine", "readiness_report"]

GREEN, AMBER, RED, GREY = Light.GREEN, Light.AMBER, Light.RED, Light.GREY
CLOCK_SECONDS = 300
"""A clock that is wrong by more is worth knowing: dates of bills come from the server."""
OTHER_WAYS = 4
"""Other rules that are looked at where pushed bills cannot be seen: each takes a dozen small reads."""
OLD_VERSION = (7, 6)
"""Answers of older servers lack ConvertResponseStatus (protocol 2.2)."""


class ExchangeRecorder:
    """Writes down what goes over a connection, and compares the clocks, for information only."""

    def __init__(self) -> None:
        self.raw: list[tuple[str, str]] = []
        self.offsets: list[float] = []

    def hear(self, heard: ExchangeRecord) -> None:
        """One exchange; see `Session.listener`."""
        now = datetime.now(UTC)
        status = "-" if heard.status is None else str(heard.status)
        told = " ".join(filter(None, (f"HTTP {status}", heard.cause, f"{heard.seconds:.3f} s")))
        self.raw.append((f"POST {heard.service}\n{heard.asked}", f"{told}\n{heard.answered}"))
        try:
            date = parsedate_to_datetime(heard.date)
        except ValueError:
            return
        if date.tzinfo is not None:
            self.offsets.append((date - now).total_seconds())


def readiness_report(context: DataCentreContext, form_id: str, rule_id: str, target_form: str) -> Readiness:
    """Look at one rule from every side. Blocks for some thirty small reads; writes nothing anywhere.

    `target_form` as the clerk chose it; "" where server or catalogue is to name it.

    Raises:
        BadInput: not_signed_in. ConnectionTrouble, SessionLost, SignInRefused: there is nobody to ask.
    """
    with context.sign_in_service.own_connection() as connection:
        stenographer = ExchangeRecorder()
        connection.session.listener = stenographer.hear
        notes = ReportNotes(connection, context.catalogue)
        _server(notes, context)
        listed = _listed(notes, context)
        rule = _rule(notes, listed, form_id, rule_id)
        target = _target_form(notes, context, rule_id, target_form, rule)
        look_at_source(notes, form_id)
        memory = ScratchDiscoveries(context.journal)

        def lookup(by: str, to: str) -> TargetLookup:
            place = context.memory_key()
            return TargetLookup(
                connection, memory, place=place, source_form=form_id, rule_id=by, target_form=to
            )

        known = listed or context.catalogue.rules_from(form_id)
        way = RuleUnderTest(form_id, rule_id, target, lookup, _other_ways(known, form_id, target))
        look_at_target(notes, way, memory)
        _descriptions(notes, (form_id, target))
        _clock(notes, stenographer)
        notes.note("trial", GREY)
        connection.session.listener = None
    return Readiness(tuple(notes.lines), tuple(stenographer.raw))


def _server(notes: ReportNotes, context: DataCentreContext) -> None:
    signed_in, here = context.sign_in_service.signed_in, context.sign_in_service.organisation
    version = signed_in.version if signed_in else ""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    light = GREY if len(numbers) < 2 else AMBER if numbers < OLD_VERSION else GREEN
    notes.note("version", light, version=version)
    told = " ".join(filter(None, (here.number, here.name))) if here else ""
    notes.note("organisation", GREEN if told else AMBER, organisation=told)


def _clock(notes: ReportNotes, stenographer: ExchangeRecorder) -> None:
    """The smallest difference seen: the others hold the time that the answer took as well."""
    if not stenographer.offsets:
        notes.note("clock", GREY)
        return
    offset = min(stenographer.offsets, key=abs)
    notes.note("clock", GREEN if abs(offset) < CLOCK_SECONDS else AMBER, seconds=round(abs(offset)))


# -- the rule ------------------------------------------------------------------------------------


def _listed(notes: ReportNotes, context: DataCentreContext) -> tuple[Rule, ...]:
    """The server's list of rules, with what the catalogue adds; () where there is none."""
    listed = notes.ask(lambda session: session.convert_rules())
    if isinstance(listed, KdguiError) or not listed:
        notes.note("rule_list", AMBER, listed.detail if isinstance(listed, KdguiError) else "")
        notes.note("rule_forms", GREY)
        return ()
    notes.note("rule_list", GREEN, count=len(listed))
    notes.note("rule_forms", GREEN if any(rule.source_form for rule in listed) else AMBER)
    return tuple(named(rule, context.catalogue) for rule in listed)


def _rule(notes: ReportNotes, listed: Sequence[Rule], form_id: str, rule_id: str) -> Rule | None:
    """What the server's list says of the rule; None where it says nothing."""
    wanted = rule_id.casefold()
    rule = next((rule for rule in listed if rule.rule_id.casefold() == wanted), None)
    if rule is None:
        notes.note("rule", RED if listed else GREY, rule=rule_id)
        notes.note("rule_state", GREY)
        notes.note("rule_source", GREY)
        return None
    notes.note("rule", GREEN, rule=rule_id, name=rule.name)
    state = {"disabled": RED, "invisible": AMBER}.get(rule.obstacle)
    notes.note("rule_state", state or (GREY if rule.enabled is None else GREEN))
    source = rule.source_form
    light = GREY if not source else GREEN if same_form(source, form_id) else RED
    notes.note("rule_source", light, form=form_id, source=source)
    return rule


def _other_ways(rules: Iterable[Rule], form_id: str, target: str) -> tuple[Rule, ...]:
    """One rule for each other form that bills of this form are pushed to; a few of them."""
    ways: dict[str, Rule] = {}
    for rule in rules:
        if rule.target_form and same_form(rule.source_form, form_id):
            ways.setdefault(rule.target_form.casefold(), rule)
    ways.pop(target.casefold(), None)
    return tuple(ways.values())[:OTHER_WAYS]


def _target_form(
    notes: ReportNotes, context: DataCentreContext, rule_id: str, chosen: str, rule: Rule | None
) -> str:
    """The target form that a run would use; "" where nobody names it."""
    known = rule or context.catalogue.rule(rule_id)
    told = known.target_form if known else ""
    if chosen and told and not same_form(chosen, told):
        notes.note("target_form", AMBER, form=chosen, told=told)
    else:
        notes.note("target_form", GREEN if chosen or told else RED, form=chosen or told, rule=rule_id)
    return chosen or told


def _descriptions(notes: ReportNotes, forms: tuple[str, ...]) -> None:
    """Whether QueryBusinessInfo is there; that of the rules is asked for the sake of the raw answers."""
    _described(notes, rule_form.FORM)
    refusals = [
        found
        for form_id in dict.fromkeys(filter(None, forms))
        if isinstance(found := _described(notes, form_id), KdguiError)
    ]
    if refusals:
        notes.refused("business_info", AMBER, refusals[0])
    else:
        notes.note("business_info", GREEN)


def _described(notes: ReportNotes, form_id: str) -> BusinessInfo | KdguiError:
    return notes.ask(lambda session: session.business_info(form_id))
