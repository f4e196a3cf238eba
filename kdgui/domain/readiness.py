"""Readiness: what one rule can count on at one server, line by line, each with a light."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Light(StrEnum):
    """How good it is: fine, worth knowing, to be put right before work, nobody can tell."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """One thing that was looked at; its words are `ready.<code>.<light>` (what, do, who).

    Attributes:
        values: what the sentence is filled with, as pairs.
        detail: the server's own words, or the columns in question, shown underneath; or "".
    """

    code: str
    light: Light
    values: tuple[tuple[str, str], ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The whole report.

    Attributes:
        raw: every question and its answer as they went over the line, secrets masked, in order.
    """

    lines: tuple[ReadyLine, ...]
    raw: tuple[tuple[str, str], ...] = ()

    def count(self, light: Light) -> int:
        """How many lines show this light."""
        return sum(line.light is light for line in self.lines)
