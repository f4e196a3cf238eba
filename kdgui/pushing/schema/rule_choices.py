"""Choices: forms and rules, from the server where it tells, from the catalogue for names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kdgui.domain.errors import KdguiError
from kdgui.domain.rules import Form, Rule, same_form
from kdgui.pushing.connection.connection import Connection
from kdgui.store.catalogue import Catalogue
from kdgui.store.settings import Settings


@dataclass(frozen=True, slots=True)
class RuleList:
    """The rules of one source form.

    Attributes:
        from_server: the connected server listed its rules; else only the catalogue spoke.
        trouble: why the server did not, or None.
    """

    rules: tuple[Rule, ...]
    from_server: bool = False
    trouble: KdguiError | None = None


def ordered_forms(catalogue: Catalogue, settings: Settings) -> tuple[Form, ...]:
    """All forms: favourites, then the last used, then those with a documented 下推, then the rest."""
    first = dict.fromkeys(form_id.casefold() for form_id in (*settings.favourites, *settings.recent_forms))
    place = {form_id: index for index, form_id in enumerate(first)}
    known = {form.form_id.casefold() for form in catalogue.forms}
    typed = [
        Form(form_id)
        for form_id in (*settings.favourites, *settings.recent_forms)
        if form_id.casefold() not in known
    ]
    unique_typed = tuple({form.form_id.casefold(): form for form in typed}.values())
    return tuple(
        sorted(
            (*catalogue.forms, *unique_typed),
            key=lambda form: (place.get(form.form_id.casefold(), len(place)), not form.push_documented),
        )
    )


def rules_for(
    connection: Connection | None, catalogue: Catalogue, settings: Settings, form_id: str
) -> RuleList:
    """The rules from `form_id`: the server's own where it lists them; last used first, those off last.

    A server may list rules without their forms: then only those that the catalogue knows to start here, and
    those used here before, are offered; any other id can be typed.
    """
    known = catalogue.rules_from(form_id)
    if connection is None:
        return RuleList(_last_used_first(known, settings, form_id))
    try:
        listed = connection.convert_rules()
    except KdguiError as trouble:
        return RuleList(_last_used_first(known, settings, form_id), trouble=trouble)
    known_here = [named(rule, catalogue) for rule in listed]
    used = {rule_id.casefold() for rule_id in settings.rules_used(form_id)}
    here = [
        rule
        for rule in known_here
        if same_form(rule.source_form, form_id) or (not rule.source_form and rule.rule_id.casefold() in used)
    ]
    if not here:
        return RuleList(_last_used_first(known, settings, form_id), from_server=bool(listed))
    return RuleList(_last_used_first(here, settings, form_id), from_server=True)


def rule_target(catalogue: Catalogue, form_id: str, rule_id: str) -> str:
    """The form that `rule_id` makes of `form_id` as the catalogue has it; "" where it does not say."""
    known = catalogue.rule(rule_id)
    if known is None or not same_form(known.source_form or form_id, form_id):
        return ""
    return known.target_form


def target_form_of(connection: Connection | None, catalogue: Catalogue, rule_id: str) -> str:
    """The form that the server's own list says a rule makes; "" where it, or nobody signed in, tells."""
    if connection is None:
        return ""
    listed = connection.read_if_offered(lambda session: session.convert_rules()) or ()
    wanted = rule_id.strip().casefold()
    found = (named(rule, catalogue) for rule in listed if rule.rule_id.strip().casefold() == wanted)
    return next((rule.target_form for rule in found), "")


def named(rule: Rule, catalogue: Catalogue) -> Rule:
    """A rule of the server, with what the catalogue adds where the server is silent."""
    known = catalogue.rule(rule.rule_id)
    if known is None:
        source, target = _ends_in_id(rule.rule_id, catalogue)
        return replace(rule, source_form=rule.source_form or source, target_form=rule.target_form or target)
    return replace(
        rule,
        name=rule.name or known.name,
        source_form=rule.source_form or known.source_form,
        target_form=rule.target_form or known.target_form,
        standard=known.standard,
    )


def _ends_in_id(rule_id: str, catalogue: Catalogue) -> tuple[str, str]:
    """The forms that an id of the pattern A-B names (protocol 5), where both are forms; else "" twice."""
    ends = [catalogue.form(part) for part in rule_id.split("-")]
    if len(ends) == 2 and ends[0] and ends[1]:
        return ends[0].form_id, ends[1].form_id
    return "", ""


def _last_used_first(rules: Iterable[Rule], settings: Settings, form_id: str) -> tuple[Rule, ...]:
    used: Sequence[str] = [rule_id.casefold() for rule_id in settings.rules_used(form_id)]
    place = {rule_id: index for index, rule_id in enumerate(used)}
    return tuple(
        sorted(rules, key=lambda rule: (bool(rule.obstacle), place.get(rule.rule_id.casefold(), len(place))))
    )
