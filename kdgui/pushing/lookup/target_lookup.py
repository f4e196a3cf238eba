"""Target lookup: which targets some source bills have, and whether its own silence can be believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from kdgui.domain import msg_codes
from kdgui.domain.bill_numbers import identity
from kdgui.domain.bills import TargetBill
from kdgui.domain.errors import KdguiError, QueryRefused
from kdgui.domain.rules import same_form
from kdgui.k3cloud.queries import quote
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.lookup.lookup_result import (
    MOST_KNOWN_LINKS,
    NO_LINK,
    NOTHING_SEEN,
    KnownLink,
    KnownLinks,
    LinkedTarget,
    LookupResult,
)
from kdgui.pushing.schema.discoveries import Discoveries
from kdgui.pushing.schema.link_columns import HEAD_KEYS, LinkColumns, LinkKind, LinkSchema, find_link_schema
from kdgui.pushing.schema.query_text import CHUNK, cell_text, chunks, ends_with, filter_for, id_list

NEWEST = 200
"""How many of the newest link rows are looked at for a control."""


class _Row(msgspec.Struct, frozen=True):
    """One row of an answer, by name."""

    target: LinkedTarget
    source: str
    type_name: str
    number: str


class TargetLookup:
    """Asks for the targets that one rule makes of one source form. Used from one thread at a time.

    Attributes:
        trouble: code of the reason why nothing can be asked (`no_link_field`, `no_right`), or "".
        sightings: the eyes that serve, and the head columns of the target form.
        sure: nothing was left unclear when they were looked for.
    """

    def __init__(
        self,
        connection: Connection,
        memory: Discoveries,
        *,
        place: str,
        source_form: str,
        rule_id: str,
        target_form: str,
    ) -> None:
        self._connection = connection
        self._memory = memory
        self._source_form = source_form
        self._rule_id = rule_id
        self.target_form = target_form
        self._form_key = f"{place}|{target_form.casefold()}"
        self._user_key = f"{place}|{connection.user.casefold()}"
        self._rule_key = f"{place}|{source_form.casefold()}|{rule_id}|{target_form.casefold()}"
        self.sightings = LinkSchema()
        self._eye: LinkColumns | None = None
        self._learnt = KnownLinks()
        self._unkept = False
        self._seen_by: dict[str, LinkColumns] = {}
        self.trouble, self.sure = "", True
        self._newest_id = ""

    @property
    def can_ask(self) -> bool:
        """Whether there is a way to ask at all."""
        return bool(self.sightings.eyes)

    @property
    def reads_links(self) -> bool:
        """Whether link rows tell the sources of a target: a merged line shows one number only."""
        return bool(self._link_columns())

    @property
    def line_links(self) -> LinkColumns | None:
        """The link rows of the target's lines that name the source's line, else None; the head's do not."""
        linked = (eye for eye in self._link_columns() if eye.line_key)
        return next((eye for eye in linked if not eye.source_key.casefold().startswith("fbillhead_")), None)

    @property
    def has_control(self) -> bool:
        """Whether an answer can be checked for completeness."""
        return bool(self._learnt.controls)

    @property
    def controls(self) -> dict[str, str]:
        """Sources (FID → number) that this rule is known to have pushed; {} where none is known."""
        return {control.source_id: control.source_number for control in self._learnt.controls}

    @property
    def is_known(self) -> bool:
        """Whether eyes and a control are remembered, so that `open` asks one question only."""
        remembered = self._recalled_sightings()
        return remembered is not None and bool(self._recalled_learnt(remembered)[1].controls)

    def open(self, known: LinkSchema | None = None) -> None:
        """Find the eyes of the target form and a control. Remembered, so cheap the second time.

        `known`: eyes that a search settled on lately without finding a control; neither is looked for again.

        Raises:
            QueryRefused: for reasons that may pass (a licence, a call limit).
            ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        self.trouble, self._eye, self.sure = "", None, True
        try:
            try:
                self._open(known)
            except QueryRefused as refusal:
                if refusal.msg_code in msg_codes.MAY_PASS:
                    raise
                self._open(known)  # it may have been a passing whim; without eyes the run would be blind
        except QueryRefused as refusal:
            if refusal.msg_code in msg_codes.MAY_PASS:
                raise
            self.sure = False
            self.trouble = "no_right" if refusal.msg_code in msg_codes.NO_RIGHT else "no_link_field"
            self.sightings = LinkSchema((), self.sightings.head or HEAD_KEYS)  # by id they may be asked for
        if not self.sightings.eyes and not self.trouble:
            self.trouble = "no_link_field"
        if not self.reads_links:
            self._newest_id = self._newest()

    def _newest(self) -> str:
        """The highest id of the target form now; "" where it cannot be asked for."""
        try:
            rows = self._connection.query(self.target_form, ("FID",), order="FID DESC", limit=1)
        except QueryRefused:
            return ""
        return cell_text(rows[0][0]) if rows else "0"

    def _open(self, known: LinkSchema | None) -> None:
        self.sightings = known or self._recalled_sightings() or self._probe()
        self._eye, self._learnt = self._recalled_learnt(self.sightings)
        if self._eye and self._learnt.controls:
            if self._learnt.oldest is None:
                self._keep(msgspec.structs.replace(self._learnt, oldest=self._oldest(self._eye)))
        elif known is None:
            self._find_controls()

    def ask(self, sources: Mapping[str, str]) -> LookupResult:
        """Which targets do these sources (FID → number) have?

        Several reads where there are many. A control rides along with every one of them.

        Raises:
            QueryRefused: the server refuses a question that it took before.
            ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        if not self.can_ask or not sources:
            return NOTHING_SEEN
        sight = self._ask_once(sources)
        if not sight.controlled and self.has_control and self._replace_controls():
            sight = self._ask_once(sources)
        return replace(sight, void=self.has_control and not sight.controlled)

    def ask_controlled(self, sources: Mapping[str, str]) -> LookupResult:
        """As `ask`, but an answer that lacks a control that must be there is no answer.

        Raises:
            QueryRefused: `control_missing`: we no longer see what we saw. And what `ask` raises.
        """
        sight = self.ask(sources)
        if sight.void:
            raise QueryRefused("control_missing")
        return sight

    def by_ids(self, target_ids: Iterable[str]) -> dict[str, LinkedTarget]:
        """The target bills with these ids that the server shows, by id.

        Raises:
            QueryRefused: the target form cannot be asked; and what `ask` raises.
        """
        found: dict[str, LinkedTarget] = {}
        for chunk in chunks([target_id for target_id in dict.fromkeys(target_ids) if target_id]):
            for values in self._read(f"FID in ({id_list(chunk)})", ()):
                target = self._target(values)
                found[target.bill.id] = target
        return found

    def is_new(self, target_id: str) -> bool:
        """Whether a bill of the target form was not there yet when `open` was called; ids grow."""
        known = target_id.isdigit() and self._newest_id.isdigit()
        return not known or int(target_id) > int(self._newest_id)

    def learn(self, source_id: str, source_number: str, target: LinkedTarget) -> None:
        """An answered push named `target` and the link rows show it: the best control there is.

        Remembered beyond this run with the next `keep_learnt`.
        """
        eye = self._eye or self._seen_by.get(target.bill.id)
        if eye is None:
            return
        control = KnownLink(source_id, source_number, target.bill.id)
        kept = [known for known in self._learnt.controls if known.source_id != source_id]
        rules = dict.fromkeys((*self._learnt.rules, *((target.rule_id,) if target.rule_id else ())))
        self._eye = eye
        controls = (control, *kept)[:MOST_KNOWN_LINKS]
        self._learnt = msgspec.structs.replace(self._learnt, controls=controls, rules=tuple(rules))
        self._unkept = True

    def keep_learnt(self) -> None:
        """Remember what `learn` was told since: one commit for a block, not one a bill."""
        if self._unkept:
            self._keep(self._learnt)

    def own_creators(self) -> frozenset[str]:
        """What FCreatorId was on bills that this user made for certain; remembered."""
        return frozenset((self._memory.recall("creators", self._user_key) or "").split())

    def learn_creator(self, creator: str) -> None:
        """An answered push named a target that `creator` made: that is us."""
        known = self.own_creators()
        if creator not in known:
            self._memory.remember("creators", self._user_key, " ".join(sorted({*known, creator})))

    def by_this_rule(self, targets: Sequence[LinkedTarget]) -> tuple[LinkedTarget, ...]:
        """Those that this rule made, as far as link rows tell; where they do not, all of them."""
        if not self._learnt.rules:
            return tuple(targets)
        return tuple(target for target in targets if self.is_this_rule(target.rule_id))

    def is_this_rule(self, rule_id: str) -> bool:
        """Whether a rule id of a link row means our rule; "" may mean any.

        Letter case and blanks around it differ between servers; an extended rule may write the original's id,
        which answered pushes have taught.
        """
        known = {_spelt(rule) for rule in (self._rule_id, *self._learnt.rules) if rule}
        return not rule_id.strip() or _spelt(rule_id) in known

    def sources_of(self, target_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Source FIDs that the link rows of these targets name, by target id; no entry where there are none.

        Raises:
            QueryRefused: the target form cannot be asked; and what `ask` raises.
        """
        found: dict[str, set[str]] = defaultdict(set)
        wanted = [target_id for target_id in dict.fromkeys(target_ids) if target_id]
        for eye in self._link_columns():
            for chunk in chunks(wanted):
                for row in self._asked_rows(eye, f"FID in ({id_list(chunk)})"):
                    if row.source not in ("", "0"):
                        found[row.target.bill.id].add(row.source)
        return {target_id: frozenset(sources) for target_id, sources in found.items()}

    def _link_columns(self) -> tuple[LinkColumns, ...]:
        eyes = (self._eye,) if self._eye else self.sightings.eyes
        return tuple(eye for eye in eyes if eye.kind is LinkKind.LINK)

    # -- asking ------------------------------------------------------------------------------------

    def _ask_once(self, sources: Mapping[str, str]) -> LookupResult:
        asked_at = datetime.now(UTC)
        controls, oldest = self._learnt.controls[:2], self._learnt.oldest
        by_source: dict[str, tuple[LinkedTarget, ...]] = {}
        controlled = fresh = bool(controls)
        for chunk in chunks(list(sources)):
            wanted = {bill_id: sources[bill_id] for bill_id in chunk}
            wanted.update(
                {
                    link.source_id: link.source_number
                    for link in (*controls, oldest)
                    if link and link.target_id
                }
            )
            seen = self._look(wanted)
            by_source.update({bill_id: seen[bill_id] for bill_id in chunk if bill_id in seen})
            controlled = controlled and any(control.shown_in(seen) for control in controls)
            fresh = controlled and fresh and controls[0].shown_in(seen)
        return LookupResult(by_source, controlled, fresh, asked_at=asked_at)

    def _look(self, wanted: Mapping[str, str]) -> dict[str, tuple[LinkedTarget, ...]]:
        """One chunk through the columns that are proven, else through all that may show it."""
        merged: dict[str, dict[str, LinkedTarget]] = defaultdict(dict)
        for eye in (self._eye,) if self._eye else self.sightings.eyes:
            rows = self._asked_rows(eye, filter_for(eye, wanted))
            for bill_id, row in self._ours(eye, rows, wanted):
                self._seen_by.setdefault(row.target.bill.id, eye)  # the best columns come first
                known = merged[bill_id].get(row.target.bill.id)
                merged[bill_id][row.target.bill.id] = _joined(known, row.target)
        return {bill_id: tuple(targets.values()) for bill_id, targets in merged.items()}

    def _asked_rows(self, eye: LinkColumns, filter_string: str) -> list[_Row]:
        """Rows by columns that have served before; where they do no longer, the next look is for others."""
        try:
            return self._rows(eye, filter_string)
        except QueryRefused as refusal:
            if refusal.msg_code not in msg_codes.NO_RIGHT:
                self._memory.remember("eyes", self._form_key, "")
                self._memory.remember("control", self._rule_key, "")
            raise

    def _ours(
        self, eye: LinkColumns, rows: Iterable[_Row], wanted: Mapping[str, str]
    ) -> Iterable[tuple[str, _Row]]:
        """The rows that belong to a wanted source, with its FID."""
        spelt: dict[str, list[str]] = defaultdict(list)
        for bill_id, number in wanted.items():
            spelt[identity(number)].append(bill_id)
        for row in rows:
            if eye.kind is LinkKind.NUMBER:
                alike = spelt.get(identity(row.number), [])
                bill_ids = [bill_id for bill_id in alike if wanted[bill_id] == row.number] or alike
                fits = same_form(row.type_name, self._source_form)
            else:
                bill_ids = [row.source] if row.source in wanted else []
                fits = bool(bill_ids) and self._source_fits(row, wanted)
            if fits:
                yield from ((bill_id, row) for bill_id in bill_ids)

    def _source_fits(self, row: _Row, wanted: Mapping[str, str]) -> bool:
        """FIDs of two source forms may coincide; rule, table or number of the source tell them apart.

        One of them is enough: a rule starts from one form; a form may have several tables of lines; a line of
        several sources shows the number of one of them.
        """
        types = {name.casefold() for name in self._learnt.types}
        if row.target.rule_id.strip() and self.is_this_rule(row.target.rule_id):
            return True
        if row.number and identity(row.number) == identity(wanted[row.source]):
            return True
        if types and row.type_name:
            return row.type_name.casefold() in types
        return not row.number

    # -- controls ----------------------------------------------------------------------------------

    def _find_controls(self) -> None:
        """Search for controls with those eyes that this server takes as a filter; the others are closed."""
        refused: QueryRefused | None = None
        self._search_controls()
        for eye in tuple(self.sightings.eyes):
            if self._eye not in (None, eye):
                continue
            try:
                self._rows(eye, filter_for(eye, {"0": "-"}), limit=1)
            except QueryRefused as refusal:
                if refusal.msg_code in msg_codes.NO_RIGHT:
                    raise
                refused, self.sure = refusal, self.sure and refusal.msg_code == msg_codes.NO_FIELD
                open_eyes = tuple(other for other in self.sightings.eyes if other != eye)
                self.sightings = LinkSchema(open_eyes, self.sightings.head)
                self._eye, self._learnt = None, KnownLinks()
                self._search_controls()
        if refused and not self.sightings.eyes:
            raise refused

    def _replace_controls(self) -> bool:
        """Our controls are not shown any more: whether others were found.

        Their owners may have deleted them. But where the form shows no bill at all, we may have lost the
        right to see it: then they stay what they were, and no answer can be believed.
        """
        lost = self._learnt
        self._learnt = KnownLinks(rules=lost.rules, types=lost.types, oldest=lost.oldest)
        try:
            shown = self._search_controls()
        except KdguiError:
            self._learnt = lost
            raise
        if not self.has_control:
            if shown:
                self._keep(self._learnt)
            else:
                self._learnt = lost
        return self.has_control and self._learnt != lost

    def _search_controls(self) -> bool:
        """Look for a linked target: of this rule among the newest, of this rule at all, of any rule.

        Whether the form showed any linked bill at all.
        """
        shown = False
        for eye in self._link_columns() or self.sightings.eyes:  # a number beside links tells no rule
            newest = [row for row in self._rows(eye, "", limit=NEWEST) if row.source not in ("", "0")]
            shown = shown or bool(newest)
            ours = self._of_rule(eye, newest) or self._of_rule(eye, self._rows_of_rule(eye))
            if not ours and not self._rule_id:
                ours = self._proven_by_number(eye, newest)
            if ours:
                self._eye = eye
                self._adopt(eye, ours, self._oldest(eye))
                break
        return shown

    def _of_rule(self, eye: LinkColumns, rows: Sequence[_Row]) -> list[_Row]:
        if eye.kind is LinkKind.NUMBER:
            return [row for row in rows if row.number and same_form(row.type_name, self._source_form)]
        wanted = _spelt(self._rule_id)
        return [row for row in rows if wanted and _spelt(row.target.rule_id) == wanted]

    def _rows_of_rule(self, eye: LinkColumns) -> list[_Row]:
        if not (eye.rule_key and self._rule_id):
            return []
        try:
            return self._rows(eye, f"{eye.rule_key}={quote(self._rule_id)}", limit=20)
        except QueryRefused:
            return []

    def _proven_by_number(self, eye: LinkColumns, rows: Sequence[_Row]) -> list[_Row]:
        """Rows whose source FID and number are a bill of our form: a default rule has no id to go by."""
        candidates = [row for row in rows if row.number][:CHUNK]
        if eye.kind is not LinkKind.LINK or not candidates:
            return []
        ids = id_list(dict.fromkeys(row.source for row in candidates))
        found = self._connection.query(
            self._source_form, ("FID", "FBillNo"), f"FID in ({ids})", order="FID ASC"
        )
        bills = {
            (cell_text(values[0]), identity(cell_text(values[1]))) for values in found if len(values) > 1
        }
        return [row for row in candidates if (row.source, identity(row.number)) in bills]

    def _oldest(self, eye: LinkColumns) -> KnownLink:
        """The oldest link that the form shows; `NO_LINK` where none is found."""
        rows = self._rows(eye, "", limit=NEWEST, order="FID ASC")
        found = _first_linked(eye, rows)
        if found == NO_LINK and len(rows) >= NEWEST:
            linked = f"{eye.source_key}>0" if eye.kind is LinkKind.LINK else f"{eye.source_key}<>''"
            try:
                found = _first_linked(eye, self._rows(eye, linked, limit=1, order="FID ASC"))
            except KdguiError:
                return NO_LINK  # a comfort: without it one page more is asked for
        return found

    def _adopt(self, eye: LinkColumns, rows: Sequence[_Row], oldest: KnownLink) -> None:
        by_source: dict[str, _Row] = {}
        for row in rows:  # the newest come first
            by_source.setdefault(row.source or row.number, row)
        controls = tuple(
            KnownLink(row.source, row.number, row.target.bill.id)
            for row in list(by_source.values())[:MOST_KNOWN_LINKS]
        )
        types = tuple(dict.fromkeys(row.type_name for row in rows if row.type_name))
        rules = {row.target.rule_id for row in rows if _spelt(row.target.rule_id) == _spelt(self._rule_id)}
        types = types if eye.kind is LinkKind.LINK else ()
        self._keep(KnownLinks(controls, tuple(rules), types, oldest))

    # -- memory ------------------------------------------------------------------------------------

    def _probe(self) -> LinkSchema:
        sightings, self.sure = find_link_schema(self._connection, self.target_form)
        if sightings.eyes and self.sure:
            self._memory.remember("eyes", self._form_key, msgspec.json.encode(sightings).decode())
        return sightings

    def _recalled_sightings(self) -> LinkSchema | None:
        text = self._memory.recall("eyes", self._form_key)
        try:
            return msgspec.json.decode(text, type=LinkSchema) if text else None
        except msgspec.DecodeError:
            return None

    def _keep(self, learnt: KnownLinks) -> None:
        self._learnt = learnt
        self._unkept = False
        value = msgspec.json.encode((self._eye, learnt)).decode()
        self._memory.remember("control", self._rule_key, value)

    def _recalled_learnt(self, sightings: LinkSchema) -> tuple[LinkColumns | None, KnownLinks]:
        text = self._memory.recall("control", self._rule_key)
        try:
            eye, learnt = msgspec.json.decode(text or "", type=tuple[LinkColumns | None, KnownLinks])
        except msgspec.DecodeError:
            return None, KnownLinks()
        return (eye, learnt) if eye in sightings.eyes else (None, KnownLinks())

    # -- reading rows ------------------------------------------------------------------------------

    def _rows(
        self, eye: LinkColumns, filter_string: str, *, limit: int = 0, order: str = "FID DESC"
    ) -> list[_Row]:
        start = 2 + len(self.sightings.head)
        rows = []
        for values in self._read(filter_string, eye.columns, limit=limit, order=order):
            cell = dict(zip(eye.columns, map(cell_text, values[start:]), strict=False))
            link = eye.kind is LinkKind.LINK
            line = cell.get(eye.line_key, "")
            target = replace(
                self._target(values),
                rule_id=cell.get(eye.rule_key, ""),
                lines=frozenset({line} if line not in ("", "0") else ()),
            )
            number = cell.get(eye.number_key if link else eye.source_key, "")
            source = cell.get(eye.source_key, "")
            rows.append(_Row(target, source, cell.get(eye.type_key, ""), number))
        return rows

    def _read(
        self, filter_string: str, columns: Sequence[str], *, limit: int = 0, order: str = "FID DESC"
    ) -> list[tuple[object, ...]]:
        """One page of `limit` rows, or all of them, the newest bills first."""
        keys = ("FID", "FBillNo", *self.sightings.head, *columns)
        form = self.target_form
        if limit:
            return self._connection.query(form, keys, filter_string, order=order, limit=limit)
        return self._connection.query_all(form, keys, filter_string, order=order, is_whole=self._is_whole)

    def _is_whole(self, rows: Sequence[Sequence[object]]) -> bool:
        """Whether these rows, newest bills first, end with the oldest link that the form shows."""
        oldest = self._learnt.oldest
        return oldest is not None and ends_with(rows, oldest.target_id)

    def _target(self, values: Sequence[object]) -> LinkedTarget:
        cell = dict(zip(("FID", "FBillNo", *self.sightings.head), map(cell_text, values), strict=False))
        bill = TargetBill(
            self.target_form,
            cell.get("FID", ""),
            cell.get("FBillNo", ""),
            cell.get("FDocumentStatus") or None,
        )
        return LinkedTarget(bill, cell.get("FCreatorId", ""))


def _first_linked(eye: LinkColumns, rows: Sequence[_Row]) -> KnownLink:
    by_number = eye.kind is LinkKind.NUMBER
    first = next((row for row in rows if (row.number if by_number else row.source.strip("0"))), None)
    return NO_LINK if first is None else KnownLink(first.source, first.number, first.target.bill.id)


def _spelt(rule_id: str) -> str:
    return rule_id.strip().casefold()


def _joined(known: LinkedTarget | None, other: LinkedTarget) -> LinkedTarget:
    return other if known is None else replace(known, lines=known.lines | other.lines)
