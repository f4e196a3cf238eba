"""Orders: what the clerk wants pushed, and what one request of Push carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kdgui.domain.fills import FillField, FillRow
from kdgui.domain.verdicts import Reason


@dataclass(frozen=True, slots=True)
class PushOptions:
    """Everything that Push takes besides the bills (protocol 2.1).

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

    Exactly one of `ids`, `numbers`, `entry_ids` is filled (protocol 2.1: Ids and Numbers stay empty
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
        merged: several bills in one request, at most `block` of them.
        split: what becomes of a merged block that the server refused: True finds out which bills are to
            blame by splitting it, False pushes none of it, None asks the clerk.
        parallel: requests at a time, 1 to 3; a merged run is serial.
        then: what follows for the target bills: "", "fill", "submit" or "audit".
        first_one: push one bill, show what came of it, and wait for the clerk.
        quiet_seconds: the quiet time exactly; None uses the defaults of design section 4.
        timeout: read time-out of one request in seconds; None uses the default.
        came_from: for a continued or retried run, the run it came from, else "".
        chosen: row position and FID, where a number lives several times and the clerk chose.
        insisted: positions of rows to be pushed all the same: already pushed, or not approved.
        lines: row position and entry ids: only these lines of the bill are pushed.
        fill_fields, fill_rows: what is to be filled in on the targets before anything else follows.
        held_back: row position and why that bill is not pushed: what is to be filled in cannot be.
    """

    form_id: str
    options: PushOptions
    numbers: tuple[str, ...]
    again: bool = False
    merged: bool = False
    block: int = 1000
    split: bool | None = True
    parallel: int = 1
    then: str = ""
    first_one: bool = False
    quiet_seconds: float | None = None
    timeout: float | None = None
    came_from: str = field(default="", kw_only=True)
    chosen: tuple[tuple[int, str], ...] = field(default=(), kw_only=True)
    insisted: tuple[int, ...] = field(default=(), kw_only=True)
    lines: tuple[tuple[int, tuple[str, ...]], ...] = field(default=(), kw_only=True)
    fill_fields: tuple[FillField, ...] = field(default=(), kw_only=True)
    fill_rows: tuple[FillRow, ...] = field(default=(), kw_only=True)
    held_back: tuple[tuple[int, tuple[Reason, ...]], ...] = field(default=(), kw_only=True)

    @property
    def follows(self) -> str:
        """What follows for the targets, a fill where nothing else is wanted; "" for nothing."""
        return self.then or ("fill" if self.fill_rows else "")

    def only(self, positions: Sequence[int]) -> RunOrder:
        """The same for these rows alone, in the order given; what was decided about them goes along."""
        place = {position: new for new, position in enumerate(positions)}
        return replace(
            self,
            numbers=tuple(self.numbers[position] for position in positions),
            chosen=tuple((place[position], bill) for position, bill in self.chosen if position in place),
            insisted=tuple(place[position] for position in self.insisted if position in place),
            lines=tuple((place[position], entries) for position, entries in self.lines if position in place),
            fill_rows=tuple(
                replace(row, position=place[row.position]) for row in self.fill_rows if row.position in place
            ),
            held_back=tuple((place[position], why) for position, why in self.held_back if position in place),
        )
