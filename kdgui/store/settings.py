"""Settings: one frozen object, read and checked once, written as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from kdgui.domain.orders import PushOptions
from kdgui.store.atomic_files import read_file, set_aside, write_atomically

MOST_OPTIONS = 200
MOST_TABLES = 50
"""Of so many kinds of tables the column with the bill numbers is remembered."""
RECENT = 12
"""How many forms, and rules of a form, are remembered as used lately."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the clerk may choose.

    Attributes:
        language: "zh", "en", or "" for the system's.
        parallel: requests at a time, 1 to 3.
        connect_seconds, read_seconds: time-outs of a request; read grows with merged bills.
        quiet_broken_seconds, quiet_timeout_seconds: how long to ask after a broken line, after a time-out.
        proxy: None for the system's, "" for none, else its address.
        proxy_user: the name that the proxy asks for, or ""; its password is in the system's key store.
        scheme: "light", "dark", or "" for the system's.
        favourites, recent_forms: form ids, the last used first.
        recent_rules: form id and the rule ids used with it, the last used first.
        last_choices: place of a data centre, and the form and rule pushed by there last; the newest first.
        team_url: address of the team's database without a password, "" for none; see `read_team_address`.
        import_columns: the headings of tables that were imported (see `headings_key`), and the heading of the
            column with the bill numbers; the last used first.
        rule_options: form id and the options chosen with it and their rule, the last chosen first.
    """

    language: str = ""
    parallel: int = 1
    connect_seconds: float = 10.0
    read_seconds: float = 120.0
    quiet_broken_seconds: float = 120.0
    quiet_timeout_seconds: float = 600.0
    proxy: str | None = None
    proxy_user: str = ""
    log_level: str = "INFO"
    scheme: str = ""
    team_url: str = ""
    favourites: tuple[str, ...] = ()
    recent_forms: tuple[str, ...] = ()
    recent_rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    last_choices: tuple[tuple[str, str, str], ...] = ()
    rule_options: tuple[tuple[str, PushOptions], ...] = ()
    import_columns: tuple[tuple[str, str], ...] = ()

    def import_column(self, key: str) -> str:
        """The heading of the column that was read in a table with these headings, or ""."""
        return next((heading for known, heading in self.import_columns if known == key), "")

    def with_import_column(self, key: str, heading: str) -> Settings:
        """These settings after that column was chosen in a table with these headings."""
        others = tuple(each for each in self.import_columns if each[0] != key)
        return replace(self, import_columns=((key, heading), *others)[:MOST_TABLES])

    def last_choice(self, place: str) -> tuple[str, str]:
        """Form and rule pushed by last in this data centre, or "" and ""; see `Profile.place`."""
        found = ((form, rule) for where, form, rule in self.last_choices if where == place)
        return next(found, ("", ""))

    def rules_used(self, form_id: str) -> tuple[str, ...]:
        """The rules used with this form, the last used first."""
        wanted = form_id.casefold()
        return next((rules for form, rules in self.recent_rules if form.casefold() == wanted), ())

    def options_of(self, form_id: str, rule_id: str) -> PushOptions:
        """What was chosen with this form and rule last; `rule_id` "" for the default rule."""
        kept = (options for form, options in self.rule_options if _same_rule(form, options, form_id, rule_id))
        return next(kept, PushOptions(rule_id=rule_id, default_rule=not rule_id))

    def with_options(self, form_id: str, options: PushOptions) -> Settings:
        """These settings after options were chosen; nothing is kept of options that say nothing."""
        others = tuple(
            (form, kept)
            for form, kept in self.rule_options
            if not _same_rule(form, kept, form_id, options.rule_id)
        )
        said = options != PushOptions(rule_id=options.rule_id, default_rule=options.default_rule)
        kept = ((form_id, options), *others) if said else others
        return replace(self, rule_options=kept[:MOST_OPTIONS])

    def with_used(self, form_id: str, rule_id: str = "", place: str = "") -> Settings:
        """These settings after a form, and a rule with it, were used; `place` is the data centre."""
        if place:
            elsewhere = tuple(choice for choice in self.last_choices if choice[0] != place)
            choices = ((place, form_id, rule_id), *elsewhere)[:RECENT]
            return replace(self, last_choices=choices).with_used(form_id, rule_id)
        rules = _to_front(self.rules_used(form_id), rule_id) if rule_id else self.rules_used(form_id)
        others = tuple(pair for pair in self.recent_rules if pair[0].casefold() != form_id.casefold())
        return replace(
            self,
            recent_forms=_to_front(self.recent_forms, form_id),
            recent_rules=((form_id, rules), *others)[:RECENT],
        )


def _same_rule(form: str, options: PushOptions, form_id: str, rule_id: str) -> bool:
    return form.casefold() == form_id.casefold() and options.rule_id.casefold() == rule_id.casefold()


def _to_front(used: tuple[str, ...], name: str) -> tuple[str, ...]:
    return (name, *(other for other in used if other.casefold() != name.casefold()))[:RECENT]


def _between(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: low <= value <= high


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: value in words


_ALLOWED: Mapping[str, Callable[[Any], bool]] = {
    "language": _one_of("", "zh", "en"),
    "parallel": _between(1, 3),
    "connect_seconds": _between(1, 120),
    "read_seconds": _between(5, 3600),
    "quiet_broken_seconds": _between(0, 7200),
    "quiet_timeout_seconds": _between(0, 7200),
    "log_level": _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    "scheme": _one_of("", "light", "dark"),
}


def allowed(name: str, value: object) -> bool:
    """Whether a setting may have this value, its type being right."""
    check = _ALLOWED.get(name)
    return check is None or check(value)


class SettingsFile:
    """The settings on the disk. Both methods block for the disk.

    Raises KdguiError: not_readable, not_saved.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._set_aside: Path | None = None
        self._rejected: tuple[str, ...] = ()

    @property
    def set_aside(self) -> Path | None:
        """Where the last `load` put a file that was not readable at all, or None."""
        return self._set_aside

    @property
    def rejected(self) -> tuple[str, ...]:
        """Names of the settings that the last `load` could not use and replaced by their defaults."""
        return self._rejected

    def load(self) -> Settings:
        """The settings; defaults for what is missing, of the wrong kind or out of bounds."""
        self._rejected = ()
        content = read_file(self._path)
        if content is None:
            return Settings()
        try:
            found = msgspec.json.decode(content, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._set_aside = set_aside(self._path)
            return Settings()
        hints = get_type_hints(Settings)
        known = {field.name: found[field.name] for field in fields(Settings) if field.name in found}
        usable = {
            name: value for name, raw in known.items() if (value := _read(name, raw, hints)) is not _BAD
        }
        self._rejected = tuple(name for name in known if name not in usable)
        return Settings(**usable)

    def save(self, settings: Settings) -> None:
        """Replace the file as a whole."""
        write_atomically(self._path, msgspec.json.format(msgspec.json.encode(settings), indent=1) + b"\n")


_BAD = object()


def _read(name: str, raw: object, hints: Mapping[str, Any]) -> Any:
    try:
        value = msgspec.convert(raw, type=hints[name])
    except msgspec.ValidationError:
        return _BAD
    return value if allowed(name, value) else _BAD
