"""The catalogue of forms and conversion rules that ships with the program, for names and suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from kdgui.domain.rules import Form, Rule, same_form
from kdgui.store.paths import resources_dir


class _RuleEntry(msgspec.Struct, frozen=True):
    rule_id: str
    name_zh: str = ""
    source_form: str = ""
    target_form: str = ""
    standard: bool = False


class _File(msgspec.Struct, frozen=True):
    forms: tuple[Form, ...]
    rules: tuple[_RuleEntry, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Forms and rules as far as public material knows them (protocol 5). Ids are compared without case.

    Another server may lack a rule, hold a copy under a GUID, or have forms of its own: everything here is
    for names and suggestions.
    """

    forms: tuple[Form, ...]
    rules: tuple[Rule, ...]
    _forms_by_id: dict[str, Form] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {form.form_id.casefold(): form for form in self.forms}
        object.__setattr__(self, "_forms_by_id", by_id)

    def form(self, form_id: str) -> Form | None:
        """The form with this id, or None where the catalogue does not know it."""
        return self._forms_by_id.get(form_id.casefold())

    def rules_from(self, form_id: str) -> tuple[Rule, ...]:
        """The rules whose source is this form, standard ones first."""
        found = (rule for rule in self.rules if rule.source_form and same_form(rule.source_form, form_id))
        return tuple(sorted(found, key=lambda rule: not rule.standard))

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id, or None."""
        wanted = rule_id.casefold()
        return next((rule for rule in self.rules if rule.rule_id.casefold() == wanted), None)


def read_catalogue_file(path: Path | None = None) -> dict[str, object]:
    """The catalogue as plain data: {"forms": [{…}], "rules": [{…}]}, for whoever builds books from it."""
    content: dict[str, object] = msgspec.json.decode(_bytes(path), type=dict[str, object])
    return content


def load_catalogue(path: Path | None = None) -> Catalogue:
    """The shipped catalogue, or the one at `path`. Takes a few milliseconds."""
    file = msgspec.json.decode(_bytes(path), type=_File)
    rules = tuple(
        Rule(rule.rule_id, rule.name_zh, rule.source_form, rule.target_form, standard=rule.standard)
        for rule in file.rules
    )
    return Catalogue(file.forms, rules)


def _bytes(path: Path | None) -> bytes:
    return (path or resources_dir() / "catalogue.json").read_bytes()
