"""The catalogue of forms and conversion rules that ships with the program, for names and suggestions."""

from __future__ import annotations

from collections.abc import Iterable
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

    def search_forms(self, text: str, language: str = "zh") -> tuple[Form, ...]:
        """The forms whose id or name holds every word of `text`, the likeliest first; all forms for no text.

        Likelier is what begins with the text, what can be pushed according to the documentation, and what
        has a short name in `language`.
        """
        words = text.casefold().split()
        found = [form for form in self.forms if _holds_all(form, words)]
        return tuple(sorted(found, key=lambda form: _rank(form, " ".join(words), language)))


def _names(form: Form) -> tuple[str, str, str]:
    return form.form_id.casefold(), form.name_zh.casefold(), form.name_en.casefold()


def _holds_all(form: Form, words: Iterable[str]) -> bool:
    names = _names(form)
    return all(any(word in name for name in names) for word in words)


def _rank(form: Form, text: str, language: str) -> tuple[int, bool, int]:
    names = _names(form)
    closeness = 0 if text in names else 1 if any(name.startswith(text) for name in names) else 2
    return closeness, not form.push_documented, len(form.name(language)) if text else 0


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
