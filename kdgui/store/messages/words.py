"""The sentences for every verdict, reason and error, in the clerk's language."""

from __future__ import annotations

import locale
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from kdgui.domain.errors import KdguiError, QueryRefused
from kdgui.domain.readiness import ReadyLine
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.catalogue import Catalogue, load_catalogue
from kdgui.store.messages.refusals import Refusal, Refusals, load_refusals
from kdgui.store.paths import resources_dir

LANGUAGES = ("zh", "en")
_VERBATIM = ("server_said", "server_note")
_CODES_IN_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "action": ("action",),
        "cause": ("error", "reason"),
        "status": ("status",),
        "why": ("damaged", "error"),
        "field": ("field",),
    }
)
"""Values that may be codes themselves, and under which keys their words are."""

_FORMS = "forms"
"""A value of form ids, comma between: shown by the names that the catalogue knows for them."""

_TELLS_NOTHING_ITSELF = frozenset(
    {
        *("query_refused", "response_error", "cannot_guard", "organisation_refused"),
        *("sign_in_failed", "sign_in_warning", "sign_in_unknown"),
    }
)
"""Reasons and errors that leave the explaining to the server's words underneath."""

_WAIT_FOR_THE_PROGRAM = frozenset(
    {"no_answer", "blocked", "success_without_entity", "crashed", "waiting", "record_lost"}
)
"""Reasons whose advice holds only while the program is asking."""

_GRACE = timedelta(minutes=2)
"""The last question may take a while after the quiet time is over."""


class _Entry(msgspec.Struct, frozen=True):
    what: str
    why: str = ""
    do: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the clerk needs to know about a reason or an error; "" for what need not be said.

    Attributes:
        what, why, do: what happened, why, what to do now.
        who: who can do it, as a word ("自己").
        said: the server's or the system's own words, unchanged.
    """

    what: str
    why: str = ""
    do: str = ""
    who: str = ""
    said: str = ""


class _Blanks(dict[str, str]):
    """Values of a sentence: what is missing is shown as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


class Words:
    """All sentences of one language (resources/words.<language>.json). Immutable; for any thread.

    Attributes:
        trouble: what is wrong with the clerk's own table of refusals, which was left out then; or None.
    """

    def __init__(
        self,
        language: str,
        entries: Mapping[str, str | _Entry],
        refusals: Refusals,
        trouble: KdguiError | None = None,
    ) -> None:
        self._language = language
        self._entries = MappingProxyType(dict(entries))
        self._refusals = refusals
        self.trouble = trouble

    @property
    def language(self) -> str:
        """`zh` or `en`."""
        return self._language

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def text(self, key: str, /, **values: object) -> str:
        """The sentence under this key, filled; the headline where the entry has parts.

        Raises KeyError for a key that is not there: a bug, and a test looks for it.
        """
        return self._filled(self._entry(key).what, {name: str(value) for name, value in values.items()})

    def verdict(self, row: Row) -> str:
        """The word for what became of this row: 成功, 失败, 未生成 …"""
        if row.deleted:
            return self.text("verdict.deleted")
        presumed = row.verdict is Verdict.FAILED and row.presumed
        return self.text("verdict.presumed" if presumed else f"verdict.{row.verdict.value}")

    def reason(self, reason: Reason) -> str:
        """One line; what the server said is never reworded."""
        if reason.code in _VERBATIM and reason.said:
            return reason.said
        return self.explain(reason).what

    def explain(self, reason: Reason) -> Explanation:
        """What happened, why, what to do and who can; an unknown code explains itself by its name."""
        values = dict(reason.values)
        if reason.code == "server_said":
            return self._refused(reason.said, reason.msg_code, values)
        if reason.code in _VERBATIM and reason.said:
            return replace(self._explained(f"reason.{reason.code}", values, reason.said), what=reason.said)
        key = f"reason.{reason.code}"
        if key not in self._entries:
            return self._explained("reason.unknown", {**values, "code": reason.code}, reason.said)
        explained = self._explained(key, values, reason.said)
        return self._helped(explained, reason.msg_code) if reason.code in _TELLS_NOTHING_ITSELF else explained

    def explained(self, row: Row) -> tuple[tuple[Reason, Explanation], ...]:
        """Why the row is as it is: its reasons, or the notes that say more than a line where it has none.

        Advice to wait is left out where nobody asks any more; one that can be followed stands somewhere.
        """
        if row.reasons:
            told = [(reason, self.explain(reason)) for reason in row.reasons]
        else:
            told = [(note, self.explain(note)) for note in row.notes]
            told = [(note, explanation) for note, explanation in told if explanation.do or explanation.said]
        if row.verdict is not Verdict.UNSETTLED or not _is_asking(row):
            told = [(reason, _unless_waiting(reason, explanation)) for reason, explanation in told]
        if told and not any(explanation.do for _, explanation in told):
            reason, explanation = told[-1]
            told[-1] = (reason, replace(explanation, do=_sentence(self.advice(row), self._language)))
        return tuple(told)

    def advice(self, row: Row) -> str:
        """One sentence: what to do about this row; "" when there is nothing to do."""
        if row.alarm:
            return self._first_advice(row.notes) or self.text("advice.alarm")
        match row.verdict:
            case Verdict.PUSHED:
                if row.half_done:
                    return self.text("advice.half_done")
                return self.text("advice.partial") if row.partial else ""
            case Verdict.DRAFTED:
                return self.text("advice.drafted")
            case Verdict.UNSETTLED:
                return self.text("advice.asking") if _is_asking(row) else self._what_to_look_for(row)
            case Verdict.FAILED if row.deleted:
                return self.text("advice.deleted")
            case Verdict.FAILED:
                return self.text("advice.presumed") if row.presumed else self._advice_or(row, "advice.failed")
            case Verdict.SKIPPED | Verdict.NOT_SENT:
                return self._advice_or(row, f"advice.{row.verdict.value}")
            case _:
                return ""

    def error(self, error: KdguiError) -> Explanation:
        """The error in words: `.what` is the headline, `.do` the advice; an unknown code is named."""
        key = f"error.{error.code}"
        if key in self._entries:
            explained = self._explained(key, error.values, error.detail)
            if error.code not in _TELLS_NOTHING_ITSELF:
                return explained
            return self._helped(explained, error.msg_code if isinstance(error, QueryRefused) else None)
        return self._explained("error.unknown", {**error.values, "code": error.code}, error.detail)

    def _refused(self, said: str, msg_code: int | None, values: Mapping[str, str]) -> Explanation:
        known = self._refusals.find(said, msg_code, values.get("field", ""))
        if known is None:
            explained = self._explained("reason.server_said", values, said)
            return replace(explained, what=said or explained.what)
        explained = self._told(known, said)
        # A kind of trouble says less than the server's own words.
        return replace(explained, what=said) if known.kind and said else explained

    def _told(self, refusal: Refusal, said: str) -> Explanation:
        told = refusal.told(self._language)
        return Explanation(told.what, told.why, told.do, self.text(f"who.{refusal.who}"), said)

    def _helped(self, explained: Explanation, msg_code: int | None) -> Explanation:
        """The same trouble, with a better cure where what the server said is known."""
        known = self._refusals.find(explained.said, msg_code) if explained.said else None
        if known is None or known.kind:
            return explained
        told = self._told(known, explained.said)
        return replace(explained, why=told.why, do=told.do, who=told.who)

    def ready(self, line: ReadyLine) -> Explanation:
        """A line of the readiness report: `.what`, and where there is something to do, `.do` and `.who`."""
        values = {
            name: self._listed(text) if name in ("can", "cannot") else text for name, text in line.values
        }
        return self._explained(f"ready.{line.code}.{line.light.value}", values, line.detail)

    def _listed(self, codes: str) -> str:
        """Checks by their keys, comma between, as words."""
        mark = "、" if self._language == "zh" else ", "
        return mark.join(self.text(f"shut.{code}") for code in codes.split(",") if code)

    def _entry(self, key: str) -> _Entry:
        entry = self._entries[key]
        return _Entry(entry) if isinstance(entry, str) else entry

    def _explained(self, key: str, values: Mapping[str, str], said: str) -> Explanation:
        entry = self._entry(key)
        what, why, do = (self._filled(part, values) for part in (entry.what, entry.why, entry.do))
        return Explanation(what, why, do, self.text(f"who.{entry.who}") if entry.who and do else "", said)

    def _filled(self, sentence: str, values: Mapping[str, str]) -> str:
        if "{" not in sentence:
            return sentence
        filled = _Blanks({name: self._value(name, text, values) for name, text in values.items()})
        return _without_empty_brackets(sentence, filled)

    def _value(self, name: str, text: str, values: Mapping[str, str]) -> str:
        """A value in words where it is a code (a cause, a status), a form or a moment; else as it is."""
        if name == _FORMS:
            mark = "、" if self._language == "zh" else ", "
            return mark.join(_name(form_id, self._language) for form_id in text.split(", "))
        others = {other: value for other, value in values.items() if other != name}
        for prefix in _CODES_IN_VALUES.get(name, ()):
            if f"{prefix}.{text}" in self._entries:
                return self._filled(self._entry(f"{prefix}.{text}").what, others)
        return _clock(text) if name == "time" else text

    def _what_to_look_for(self, row: Row) -> str:
        """Nobody asks any more: advice to wait would be wrong, and the last obstacle says what to do."""
        obstacles = [reason for reason in reversed(row.reasons) if reason.code not in _WAIT_FOR_THE_PROGRAM]
        return self._first_advice(obstacles) or self.text("advice.unsettled")

    def _advice_or(self, row: Row, otherwise: str) -> str:
        return self._first_advice(row.reasons) or self.text(otherwise)

    def _first_advice(self, reasons: Iterable[Reason]) -> str:
        return next((do for reason in reasons if (do := self.explain(reason).do)), "")


def _is_asking(row: Row) -> bool:
    """Whether the program asks about this row; a time long past was left by one that ended."""
    return row.quiet_until is not None and row.quiet_until > datetime.now(UTC) - _GRACE


def _unless_waiting(reason: Reason, explanation: Explanation) -> Explanation:
    return replace(explanation, do="", who="") if reason.code in _WAIT_FOR_THE_PROGRAM else explanation


def _sentence(text: str, language: str) -> str:
    if not text or text.endswith(("。", ".")):
        return text
    return text + ("。" if language == "zh" else ".")


def _without_empty_brackets(sentence: str, values: _Blanks) -> str:
    """Fill the sentence; brackets that are about a value nobody gave go with it: "（HTTP {status}）"."""
    for name in re.findall(r"\{(\w+)\}", sentence):
        if not values[name]:
            sentence = re.sub(
                rf"（[^（）]*\{{{name}\}}[^（）]*）| \([^()]*\{{{name}\}}[^()]*\)", "", sentence
            )
    return sentence.format_map(values)


def _name(form_id: str, language: str) -> str:
    """What people call this form, or this rule, which stands for a form that nobody knows; else its id."""
    catalogue = _shipped()
    if form := catalogue.form(form_id):
        return form.name(language)
    rule = catalogue.rule(form_id)
    return rule.name if rule is not None and rule.name else form_id


@cache
def _shipped() -> Catalogue:
    """The catalogue, read when the first form is to be named: words are wanted before the window is there."""
    return load_catalogue()


def _clock(text: str) -> str:
    """A moment in ISO format as local time, with the day where it is not today; any other text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text
    local = moment.astimezone()
    today = datetime.now().astimezone().date()
    return local.strftime("%H:%M" if local.date() == today else "%m-%d %H:%M")


def load_words(language: str, own_refusals: Path | None = None) -> Words:
    """The words of `zh` or `en`; reads three files, which takes a few milliseconds.

    `own_refusals` names the clerk's own table of refusals; where it is broken, `Words.trouble` says so.
    Raises ValueError for another language.
    """
    if language not in LANGUAGES:
        raise ValueError(language)
    path = resources_dir() / f"words.{language}.json"
    entries = msgspec.json.decode(path.read_bytes(), type=dict[str, str | _Entry])
    try:
        return Words(language, entries, load_refusals(own_refusals))
    except KdguiError as trouble:
        return Words(language, entries, load_refusals(), trouble)


def system_language(environ: Mapping[str, str]) -> str:
    """The language to begin with: English where the system names one that is not Chinese, else Chinese."""
    names = [environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    named = next((name for name in names if name), "")
    if not named and sys.platform == "win32":  # elsewhere Python makes en_US of a locale that nobody set
        named = locale.getlocale()[0] or ""
    said = named.casefold().partition(".")[0]
    return "zh" if said in ("", "c", "posix") or said.startswith(("zh", "chinese")) else "en"
