"""What the readiness report finds out about the source form, and about pages of rows."""

from __future__ import annotations

from kdgui.domain.errors import KdguiError
from kdgui.domain.readiness import Light
from kdgui.k3cloud.queries import Row
from kdgui.pushing.readiness.notes import ReportNotes
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.field_keys import CLOSED_FIELDS, STATUS_KEY
from kdgui.pushing.schema.query_text import cell_text

GREEN, AMBER, RED, GREY = Light.GREEN, Light.AMBER, Light.RED, Light.GREY
FEW, MANY = 3, 2000
"""Rows asked for: so few that a server can give more, and as many as every version gives (protocol 3.1)."""


def look_at_source(notes: ReportNotes, form_id: str) -> None:
    """Is the form seen, what can be checked of a bill before it is pushed, and how do pages of rows come?"""
    found = notes.newest(form_id, ("FID", "FBillNo"))
    if isinstance(found, KdguiError):
        notes.refused("sources", RED, found, form=form_id)
    else:
        number = next((cell_text(row[1]) for row in found), "")
        notes.note("sources", GREEN if found else AMBER, form=form_id, number=number)
    _what_can_be_checked(notes, form_id, seen=not isinstance(found, KdguiError))
    _pages(notes, form_id)


def _what_can_be_checked(notes: ReportNotes, form_id: str, *, seen: bool) -> None:
    wanted = (STATUS_KEY, *CLOSED_FIELDS)
    known = notes.attempt(lambda: ColumnProbe(notes.connection, form_id).known(wanted)) if seen else ()
    if not seen or isinstance(known, KdguiError):
        notes.note("source_status", GREY)
        notes.note("beforehand", GREY)
        return
    notes.note("source_status", GREEN if STATUS_KEY in known else AMBER)
    can = [key for key in CLOSED_FIELDS if key in known]
    cannot = [key for key in CLOSED_FIELDS if key not in known]
    notes.note("beforehand", AMBER if cannot else GREEN, can=",".join(can), cannot=",".join(cannot))


def _pages(notes: ReportNotes, form_id: str) -> None:
    """Whether Limit and StartRow do what they say, and how many rows one answer holds at most."""

    def page(start: int, limit: int) -> list[Row] | KdguiError:
        return notes.ask(
            lambda session: session.query(form_id, ("FID",), order="FID ASC", start=start, limit=limit)
        )

    first, second = page(0, FEW), page(1, FEW)
    if isinstance(first, KdguiError) or isinstance(second, KdguiError) or len(first) < 2:
        for code in ("limit", "start_row", "pages"):
            notes.note(code, GREY)
        return
    notes.note("limit", GREEN if len(first) <= FEW else AMBER, asked=FEW, rows=len(first))
    shifts = second[: len(first) - 1] == first[1:]
    notes.note("start_row", GREEN if shifts else AMBER)
    many = page(0, MANY)
    rest = page(len(many), 1) if shifts and not isinstance(many, KdguiError) else None
    if isinstance(many, KdguiError) or isinstance(rest, KdguiError) or (rest is None and len(many) < MANY):
        notes.note("pages", GREY)
    else:
        cut = bool(rest) and len(many) < MANY
        notes.note("pages", AMBER if cut else GREEN, asked=MANY, rows=len(many))
