"""Every code that the source can utter has words, and every value that they need."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kdgui.domain import errors
from kdgui.domain.errors import KdguiError
from kdgui.store.messages.words import LANGUAGES
from kdgui.store.paths import resources_dir

SOURCE = Path(__file__).resolve().parents[2] / "kdgui"
PARTS = ("what", "why", "do")
FAMILY = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, KdguiError)
)


def entries(language: str) -> dict[str, str | dict[str, str]]:
    content = (resources_dir() / f"words.{language}.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, str | dict[str, str]])


def parts_of(entry: str | dict[str, str]) -> dict[str, str]:
    return (
        {"what": entry} if isinstance(entry, str) else {name: entry[name] for name in PARTS if name in entry}
    )


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


CAUSES = (
    *("dns", "refused", "connect_timeout", "tls", "proxy", "proxy_auth", "no_route", "reset", "read_timeout"),
    *(
        "truncated",
        "gzip",
        "http_status",
        "html",
        "empty",
        "not_json",
        "response_error",
        "redirect",
        "blocked",
    ),
)
"""How a line can break; several of them come from tables."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if path.is_relative_to(SOURCE / "practice") or path == SOURCE / "domain" / "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node


def name_of(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name(owner), attribute):
            return f"{owner}.{attribute}"
        case _:
            return ""


def literals(node: ast.expr) -> Iterator[str]:
    """The strings that an argument can be, as far as the source shows: "a", "a" if x else "b", x or "a"."""
    match node:
        case ast.Constant(str(value)):
            yield value
        case ast.IfExp(_, chosen, otherwise):
            yield from (*literals(chosen), *literals(otherwise))
        case ast.BoolOp(_, values):
            for each in values:
                yield from literals(each)


def uttered() -> list[tuple[str, str, set[str] | None]]:
    """Where, the key that must exist, and the names of the values given (None where they cannot be seen)."""
    found: list[tuple[str, str, set[str] | None]] = []
    for where, call in calls():
        name = name_of(call)
        family = "reason" if name in ("Reason", "Reason.of") else "error" if name in FAMILY else ""
        if not family or not call.args:
            continue
        open_ended = any(keyword.arg is None for keyword in call.keywords) or name == "Reason"
        names = None if open_ended else {keyword.arg or "" for keyword in call.keywords}
        found += [(where, f"{family}.{code}", names) for code in literals(call.args[0])]
    return found


def test_the_source_was_read() -> None:
    keys = {key for _, key, _ in uttered()}
    assert {"error.journal_newer", "error.secrets_none", "reason.by_hand"} <= keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_in_the_source_has_words(language: str) -> None:
    known = entries(language)
    missing = [f"{where} {key}" for where, key, _ in uttered() if key not in known]

    assert missing == []


def test_every_value_that_a_sentence_needs_is_given() -> None:
    """Except within brackets, which go with a value that nobody gave."""
    known = entries("zh")
    holes = []
    for where, key, names in uttered():
        needed = {
            name
            for text in parts_of(known.get(key, "")).values()
            for name in placeholders(re.sub(r"（[^（）]*）", "", text))
        }
        if names is not None and needed - names - {"said", "msg_code"}:
            holes.append(f"{where} {key} lacks {needed - names}")

    assert holes == []


def test_every_cause_of_a_broken_line_has_words() -> None:
    known = entries("zh")
    causes = {
        cause
        for _, call in calls()
        for keyword in call.keywords
        if keyword.arg == "cause"
        for cause in literals(keyword.value)
        if cause
    }

    assert {cause for cause in (*causes, *CAUSES) if f"error.{cause}" not in known} == set()


def test_every_key_asked_for_exists() -> None:
    known = entries("zh")
    missing = []
    for where, call in calls():
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "text" and call.args):
            continue
        first = call.args[0]
        missing += [f"{where} {key}" for key in literals(first) if "." in key and key not in known]
        if isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
            start = str(first.values[0].value)
            if re.fullmatch(r"[a-z_]+\.[a-z_]*", start) and not any(key.startswith(start) for key in known):
                missing.append(f"{where} {start}…")

    assert missing == []
