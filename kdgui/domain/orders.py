"""Orders: what the clerk wants pushed, and what one request of Push carries."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PushOptions:
    """Everything that Push takes besides the bills (fact sheet 2.1).

    `rule_id` "" with `default_rule` True uses the default rule of source form and target form.
    """

    rule_id: str = ""
    target_form: str = ""
    default_rule: bool = False
    target_bill_type: str = ""
    target_org_id: int = 0
    draft_on_fail: bool = False
    custom_params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PushRequest:
    """One request of Push: source form, the bills by id, by number, or by entry id, and the options.

    Exactly one of `ids`, `numbers`, `entry_ids` is filled (fact sheet 2.1: Ids and Numbers stay empty
    when lines are pushed, or whole bills are pushed).
    """

    form_id: str
    options: PushOptions
    ids: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    entry_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunOrder:
    """One press of the push button.

    Attributes:
        numbers: bill numbers in the clerk's order, one a row, duplicates kept.
        again: push bills too that already have targets by this rule.
        quiet_seconds: the quiet time exactly; None uses the defaults of design section 4.
        timeout: read time-out of one request in seconds; None uses the default.
        parallel: requests at a time, 1 to 3.
        source_of_row: for a continued or retried run, the run it came from, else "".
    """

    form_id: str
    options: PushOptions
    numbers: tuple[str, ...]
    again: bool = False
    merged: bool = False
    block: int = 1000
    split: bool = True
    parallel: int = 1
    then: str = ""
    quiet_seconds: float | None = None
    timeout: float | None = None
    came_from: str = field(default="", kw_only=True)
