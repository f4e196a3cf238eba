"""What the readiness report finds out about the target form: what is seen, and can silence be believed?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from kdgui.domain.errors import KdguiError
from kdgui.domain.readiness import Light
from kdgui.domain.rules import Rule
from kdgui.pushing.lookup.target_lookup import NEWEST, TargetLookup
from kdgui.pushing.readiness.notes import ReportNotes
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.discoveries import Discoveries
from kdgui.pushing.schema.field_keys import STATUS_KEY
from kdgui.pushing.schema.form_schema import SchemaReader
from kdgui.pushing.schema.link_columns import LinkColumns, LinkKind, LinkSchema
from kdgui.pushing.schema.query_text import cell_text

GREEN, AMBER, RED, GREY = Light.GREEN, Light.AMBER, Light.RED, Light.GREY
CREATOR_KEY = "FCreatorId"
CODES = ("targets", "target_status", "creator", "links", "control", "drafts")


class ScratchDiscoveries:
    """Forgets what was discovered of forms, so that it is found out anew; what was pushed it remembers.

    Nothing that the report finds reaches the memory beneath.
    """

    def __init__(self, beneath: Discoveries) -> None:
        self._beneath = beneath
        self._own: dict[tuple[str, str], str] = {}

    def recall(self, kind: str, key: str) -> str | None:
        """See Discoveries."""
        if (kind, key) in self._own:
            return self._own[kind, key]
        return self._beneath.recall(kind, key) if kind in ("control", "creators") else None

    def remember(self, kind: str, key: str, value: str) -> None:
        """See Discoveries."""
        self._own[kind, key] = value

    def eyes(self) -> tuple[LinkColumns, ...]:
        """Those that were found since this memory began."""
        texts = (value for (kind, _), value in self._own.items() if kind == "eyes" and value)
        return next((msgspec.json.decode(text, type=LinkSchema).eyes for text in texts), ())


@dataclass(frozen=True, slots=True)
class RuleUnderTest:
    """What is looked at: from which form to which, and by which other rules bills of the former are pushed.

    Attributes:
        finder: makes a finder for a rule and its target form.
        others: rules from the same form to other target forms.
    """

    source_form: str
    rule_id: str
    target_form: str
    lookup: Callable[[str, str], TargetLookup]
    others: tuple[Rule, ...] = ()


def look_at_target(notes: ReportNotes, way: RuleUnderTest, memory: ScratchDiscoveries) -> None:
    """Is the form seen, by which columns are sources told, is there a control, are drafts visible?"""
    form_id = way.target_form
    if not form_id:
        for code in CODES:
            notes.note(code, GREY, form="")
        return
    found = notes.newest(form_id, ("FID", "FBillNo"))
    if isinstance(found, KdguiError):
        notes.refused("targets", RED, found, form=form_id)
        for code in CODES[1:]:
            notes.note(code, GREY, form=form_id)
        return
    notes.note("targets", GREEN if found else AMBER, form=form_id, number=_number(found))
    head = notes.attempt(lambda: ColumnProbe(notes.connection, form_id).known((STATUS_KEY, CREATOR_KEY)))
    known = () if isinstance(head, KdguiError) else head
    notes.note("target_status", GREEN if STATUS_KEY in known else AMBER)
    notes.note("creator", GREEN if CREATOR_KEY in known else AMBER)
    _links_and_control(notes, way, memory)
    if STATUS_KEY in known:
        _drafts(notes, form_id)
    else:
        notes.note("drafts", GREY, form=form_id)


def _links_and_control(notes: ReportNotes, way: RuleUnderTest, memory: ScratchDiscoveries) -> None:
    form_id, lookup = way.target_form, way.lookup(way.rule_id, way.target_form)
    trouble = notes.attempt(lookup.open)
    eyes = memory.eyes()
    if isinstance(trouble, KdguiError) or lookup.trouble or not lookup.can_ask:
        if isinstance(trouble, KdguiError):
            notes.refused("links", RED, trouble, form=form_id)
        else:
            notes.note("links", RED, form=form_id, cause=lookup.trouble)
        notes.note("control", GREY)
        return
    links = lookup.reads_links
    columns = ", ".join(eye.source_key for eye in eyes if (eye.kind is LinkKind.LINK) is links)
    notes.note("links", GREEN if links else AMBER, columns, form=form_id)
    sight = notes.attempt(lambda: lookup.ask({"0": "-"}))
    if isinstance(sight, KdguiError):
        notes.refused("control", RED, sight)
    elif sight.controlled:
        notes.note("control", GREEN, number=next(iter(lookup.controls.values()), ""))
    elif sight.void:
        notes.note("control", RED, next(iter(lookup.controls.values()), ""))
    else:
        pushed = _unseen(notes, way, eyes, memory)
        notes.note("control", RED if pushed else AMBER, pushed)


def _unseen(
    notes: ReportNotes, way: RuleUnderTest, eyes: Iterable[LinkColumns], memory: ScratchDiscoveries
) -> str:
    """No pushed bill is known: was none ever pushed, or can they not be seen? Then what says so, else "".

    Lines of the source form that say "this much was pushed on" speak for the latter, while neither this
    target form nor that of any other rule shows a bill that it was pushed to.
    """
    if any(_shows_links(notes, way.target_form, eye) for eye in eyes):
        return ""
    pushed = _pushed_on(notes, way.source_form, memory)
    if pushed and any(_is_seen(notes, way, rule) for rule in way.others):
        return ""
    return pushed


def _is_seen(notes: ReportNotes, way: RuleUnderTest, rule: Rule) -> bool:
    """Whether a bill that another rule made can be seen."""
    lookup = way.lookup(rule.rule_id, rule.target_form)
    if isinstance(notes.attempt(lookup.open), KdguiError):
        return False
    return any(_shows_links(notes, rule.target_form, eye) for eye in lookup.sightings.eyes)


def _shows_links(notes: ReportNotes, form_id: str, eye: LinkColumns) -> bool:
    rows = notes.newest(form_id, ("FID", eye.source_key), limit=NEWEST)
    return not isinstance(rows, KdguiError) and any(cell_text(row[1]) not in ("", "0") for row in rows)


def _pushed_on(notes: ReportNotes, source_form: str, memory: ScratchDiscoveries) -> str:
    """A bill of the source form of which something was pushed on, and the column that says so; or ""."""
    schema = notes.attempt(lambda: SchemaReader(notes.connection, memory, "").know(source_form))
    main = None if isinstance(schema, KdguiError) else schema.main
    for column in (*main.taken, *main.taken_amounts) if main else ():
        rows = notes.newest(source_form, ("FBillNo", column), f"{column}>0")
        if not isinstance(rows, KdguiError) and rows:
            return f"{cell_text(rows[0][0])} {column}={cell_text(rows[0][1])}"
    return ""


def _drafts(notes: ReportNotes, form_id: str) -> None:
    found = notes.newest(form_id, ("FID", "FBillNo"), f"{STATUS_KEY}='Z'")
    if isinstance(found, KdguiError):
        notes.refused("drafts", GREY, found, form=form_id)
    else:
        notes.note("drafts", GREEN if found else AMBER, form=form_id)


def _number(rows: list[tuple[object, ...]]) -> str:
    """The number of the first row, its FID where it has none (a draft)."""
    return next((cell_text(row[1]) or f"FID {cell_text(row[0])}" for row in rows), "")
