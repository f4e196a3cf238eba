"""Faults by name: what can go wrong, when it strikes, and what it does to an answer.

A fault strikes pushes; with a prefix it strikes others: `query:`, `view:`, `login:`, `submit:`, `audit:`,
`unaudit:`, `delete:`, `cancelassign:`, `save:`. It strikes with a probability (0.2), or at exact positions
({"at": [3]}: the third POST of that operation since the fault was switched on), with further settings
beside ({"at": [1], "seconds": 3}). Any fault takes "work": true/false to say whether the work is done.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

OPERATIONS = (
    "push", "query", "view", "login", "submit", "audit", "unaudit", "delete", "cancelassign", "save",
)  # fmt: skip
MSG_CODES = (0, 1, 2, 4, 6, 7, 13, 14, 15)

FAULTS: Mapping[str, tuple[bool, str]] = {
    "drop_before_work": (False, "the line breaks before anything is done"),
    "drop_after_work": (True, "the work is done, the line breaks before the answer; reset: with a TCP reset"),
    "slow": (True, "waits `seconds` (2) after the work, or before it with when=before"),
    "timeouts": (True, "the work is done, no answer ever comes; the connection stays open"),
    "truncated": (True, "the work is done, the answer breaks off in the middle"),
    "bad_gzip": (True, "the work is done, the answer says gzip and is not"),
    "html_200": (True, "the work is done, a page of a firewall comes instead of the answer, with status 200"),
    "empty_200": (True, "the work is done, the answer is empty, with status 200"),
    "http_500": (True, "the work is done, the answer is an HTML page with status 500"),
    "http_502_after_work": (True, "the work is done, the gateway answers 502"),
    "http_503_before_work": (False, "503, nothing is done"),
    "http_status": (True, "the work is done, the answer has status `code` (504)"),
    "session_lost": (False, "the session is forgotten: MsgCode 1, nothing is done"),
    "session_lost_late": (True, "the work is done, after `seconds` (5.5) the answer is MsgCode 1"),
    "session_lost_with_entity": (True, "the work is done, MsgCode 1 with the entities in the answer"),
    "response_error": (False, "response_error: text of an unhandled exception"),
    "source_dropped": (True, "the last source of the request is left out in silence"),
    "order_swapped": (True, "the entities of the answer come in another order"),
    "draft_left": (
        True,
        "saving fails, a draft without number stays (named as `entity`: convert, save, none)",
    ),
    "draft_left_with_number": (True, "the same, and the draft has a number"),
    "late_commit": (
        True,
        "the line breaks (or answer=302, 504 …, msg_code_13, refused); the work is done `seconds` (2) later",
    ),
    "redirect_after_work": (True, "the work is done, the answer is a 302 to an error page"),
    "forbidden_answer": (True, "the work is done, a firewall answers 403"),
    "too_many": (False, "429 with Retry-After `seconds` (1), nothing is done"),
    "colleague_first": (True, "a colleague pushes the same bills a moment before; beside: and ours goes too"),
    "forwarded_twice": (True, "a proxy repeated the request: the work is done twice, the last answer comes"),
    "failed_after_save": (True, "the work is done, the answer is a refusal with `code` (4), naming nothing"),
    "msg_code": (False, "a refusal with MsgCode `code` (4), nothing is done; also msg_code_2, _4, _6 …"),
    "refused_without_code": (False, "a refusal without any MsgCode, nothing is done"),
    "head_only": (True, "of a Save only the head is stored, then the line breaks"),
    "colleague_saves": (
        True,
        "a colleague saves the bill a moment before a Save; refuse: and ours is refused",
    ),
    "success_without_entity": (True, "the work is done, the answer says success and names nothing"),
    "lock_conflict": (False, "a refusal with MsgCode 0 (`code`) whose text tells of a lock, nothing is done"),
    "answer_of_another": (False, "nothing is done, the answer is that of the push before"),
    "line_shifted": (True, "the work is done, 504; its answer comes to the next request on this connection"),
    "names_old_bill": (True, "the work is done, the answer names an old bill of the target form as well"),
    "repeated_after": (True, "a proxy repeats the request `seconds` (0.5) after the answer: done twice"),
    "manager_rejects": (True, "a manager rejects the submitted bill: after a submit, before another call"),
    "organisation_moved": (True, "the session stands in `organisation` (102) from now on, untold"),
    "rows_lost": (True, "a query answers its first `keep` (2) rows only; newest: without its newest bills"),
}
"""Name → whether the work is done (unless "work" says otherwise), and what it does in one line."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault that strikes this very request."""

    name: str
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def works(self) -> bool:
        """Whether the work is done all the same."""
        return bool(self.settings.get("work", FAULTS[self.name][0]))

    def number(self, name: str, usual: float) -> float:
        """A setting that is a number."""
        value = self.settings.get(name, usual)
        return float(value) if isinstance(value, int | float) else usual

    def text(self, name: str, usual: str) -> str:
        """A setting that is text."""
        return str(self.settings.get(name, usual))


@dataclass(slots=True)
class _Armed:
    operation: str
    hit: Hit
    probability: float
    positions: frozenset[int]
    seen: int = 0


class Faults:
    """The faults that are switched on. Safe to use from any thread."""

    def __init__(self, seed: int = 1) -> None:
        self._lock = threading.Lock()
        self._chance = random.Random(seed)  # noqa: S311 - practice faults, not a secret
        self._armed: dict[str, _Armed] = {}

    def set(self, name: str, value: object) -> None:
        """Switch one fault on, anew, or off (0, false, null). ValueError where that makes no sense."""
        operation, fault = _split(name)
        settings = dict(value) if isinstance(value, Mapping) else {}
        if fault.startswith("msg_code_"):
            settings.setdefault("code", int(fault.removeprefix("msg_code_")))
            fault = "msg_code"
        positions = _positions(settings.pop("at", []))
        probability = _probability(settings.pop("probability", 0.0 if positions else 1.0), value)
        with self._lock:
            self._armed.pop(name, None)
            if positions or probability > 0:
                self._armed[name] = _Armed(operation, Hit(fault, settings), probability, positions)

    def clear(self) -> None:
        """Switch everything off."""
        with self._lock:
            self._armed.clear()

    def strike(self, operation: str) -> tuple[Hit, ...]:
        """The faults that strike the next request of this operation, in the order they were switched on."""
        hits = []
        with self._lock:
            for armed in self._armed.values():
                if armed.operation == operation:
                    armed.seen += 1
                    by_chance = armed.probability > 0 and self._chance.random() < armed.probability
                    if armed.seen in armed.positions or by_chance:
                        hits.append(armed.hit)
        return tuple(hits)

    def as_dict(self) -> dict[str, object]:
        """What is switched on, as it could be switched on again, with how many requests it has seen."""
        with self._lock:
            return {
                name: {"probability": armed.probability, "at": sorted(armed.positions), "seen": armed.seen,
                       **armed.hit.settings}
                for name, armed in self._armed.items()
            }  # fmt: skip


def names_of(hits: Iterable[Hit]) -> str:
    """How the ledger names these faults."""
    return "+".join(hit.name for hit in hits)


def is_fault(name: str) -> bool:
    """Whether a name, with or without prefix, is one of a fault."""
    try:
        _split(name)
    except ValueError:
        return False
    return True


def _split(name: str) -> tuple[str, str]:
    operation, _, fault = name.rpartition(":")
    operation = operation or "push"
    known = fault in FAULTS or fault in {f"msg_code_{code}" for code in MSG_CODES}
    if not known or operation not in OPERATIONS:
        raise ValueError(f"no fault named {name}")
    return operation, fault


def _positions(value: object) -> frozenset[int]:
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, int) and item > 0 for item in items):
        raise ValueError("positions are whole numbers from 1")
    return frozenset(items)


def _probability(usual: object, value: object) -> float:
    """The value itself where it is a number, else what the settings say."""
    given = usual if isinstance(value, Mapping) else 0 if value is None else value
    if not isinstance(given, bool | int | float) or not 0 <= given <= 1:
        raise ValueError("a probability lies between 0 and 1")
    return float(given)
