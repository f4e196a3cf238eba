"""Downstream: what has been pushed on from some bills, as far as this server lets anybody ask.

A server may have dozens of rules for one form, most of them never used. So what was found out about a target
form is remembered, what was looked for in vain too; but every form is asked about the bills themselves, each
time anew, unless it shows no bill at all or has no column that could tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from kdgui.domain import msg_codes
from kdgui.domain.bills import TargetBill
from kdgui.domain.errors import ConnectionTrouble, KdguiError, QueryRefused, SessionLost, SignInRefused
from kdgui.pushing.connection.connection import NOT_OFFERED, Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.lookup.lookup_result import NOTHING_SEEN, LookupResult
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.schema.discoveries import Discoveries
from kdgui.pushing.schema.link_columns import LinkSchema
from kdgui.pushing.schema.rule_choices import rules_for

SEARCHED_FOR = timedelta(days=7)
"""How long a search in vain is not repeated: somebody may push by that rule for the first time tomorrow."""
_MAY_PASS = msg_codes.MAY_PASS - {7}
"""A module that this company has not bought (protocol 1.6) is refused for good, unlike by a call limit."""


class DownstreamLookup:
    """Asks every form that a rule makes of one form. Used from one thread at a time.

    Attributes:
        unseen: forms that could not be asked, or whose silence proves nothing; a rule's id where nobody knows
            its form. Where no rule is known at all, the form itself stands here.
    """

    def __init__(self, context: DataCentreContext, connection: Connection, form_id: str) -> None:
        self._context = context
        self._connection = connection
        self._form_id = form_id
        self._rules: dict[str, str] | None = None
        self._blank: tuple[str, ...] = ()
        self._open: dict[str, TargetLookup] = {}
        self.unseen: tuple[str, ...] = ()

    def ask(self, bills: Mapping[str, str]) -> dict[str, tuple[TargetBill, ...]]:
        """What these bills (FID → number) have been pushed on to, by FID; () for nothing that can be seen.

        Raises:
            ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable; QueryRefused for what may pass.
        """
        rules = self._rules if self._rules is not None else self._list()
        found: dict[str, list[TargetBill]] = defaultdict(list)
        unseen = list(self._blank) if rules or self._blank else [self._form_id]
        for form_id, rule_id in rules.items():
            sight = self._ask(form_id, rule_id, bills)
            if not sight.controlled:
                unseen.append(form_id)
            for bill_id in bills:
                found[bill_id] += [target.bill for target in sight.of(bill_id)]
        self.unseen = tuple(unseen)
        return {bill_id: tuple(found[bill_id]) for bill_id in bills}

    # -- inside ------------------------------------------------------------------------------------

    def _list(self) -> dict[str, str]:
        """One rule for each target form."""
        context = self._context
        listed = rules_for(self._connection, context.catalogue, context.settings, self._form_id)
        if listed.trouble is not None and _is_passing(listed.trouble):
            raise listed.trouble  # the catalogue is for servers that list none
        rules = listed.rules
        forms: dict[str, tuple[str, str]] = {}
        for rule in rules:
            if rule.target_form:
                forms.setdefault(rule.target_form.casefold(), (rule.target_form, rule.rule_id))
        self._blank = tuple(rule.rule_id for rule in rules if not rule.target_form)
        self._rules = dict(forms.values())
        return self._rules

    def _ask(self, form_id: str, rule_id: str, bills: Mapping[str, str]) -> LookupResult:
        """What this form shows of them; BLIND where it cannot be asked."""
        try:
            lookup = self._open.get(form_id) or self._opened(form_id, rule_id)
            sight = lookup.ask(bills) if lookup is not None else NOTHING_SEEN
        except QueryRefused as refusal:
            self._open.pop(form_id, None)
            if refusal.msg_code in _MAY_PASS:
                raise
            if refusal.msg_code in msg_codes.NO_RIGHT:
                return NOTHING_SEEN
        else:
            if not sight.controlled and any(map(sight.of, bills)):
                self._vain(form_id).forget()  # a link after all: next time there is something to compare with
            return sight
        # A column that was remembered is there no more, or the server was unwell: once more from scratch.
        self._vain(form_id).forget()
        lookup = self._lookup(form_id, rule_id)
        lookup.open()
        self._open[form_id] = lookup
        return lookup.ask(bills)

    def _opened(self, form_id: str, rule_id: str) -> TargetLookup | None:
        """A finder that is ready to ask; None where the form shows no bill at all, so no link either."""
        lookup, vain = self._lookup(form_id, rule_id), self._vain(form_id)
        known = None if lookup.is_known else vain.recall()
        if not lookup.is_known and known is None and not self._shows_bills(form_id):
            return None
        lookup.open(known)
        if known is None and lookup.sure and not lookup.has_control:
            vain.remember(lookup.sightings)
        self._open[form_id] = lookup
        return lookup

    def _shows_bills(self, form_id: str) -> bool:
        try:
            return bool(self._connection.query(form_id, ("FID",), order="FID DESC", limit=1))
        except QueryRefused as refusal:
            if refusal.msg_code in _MAY_PASS:
                raise
            return False

    def _lookup(self, form_id: str, rule_id: str) -> TargetLookup:
        return self._context.lookup(self._form_id, rule_id, form_id, self._connection)

    def _vain(self, form_id: str) -> _FruitlessSearches:
        key = f"{self._context.memory_key()}|{self._form_id.casefold()}|{form_id.casefold()}"
        return _FruitlessSearches(self._context.journal, key)


def _is_passing(trouble: KdguiError) -> bool:
    """Whether the same question may be answered later: a connection that is down, a session that was lost."""
    if isinstance(trouble, ConnectionTrouble):
        return trouble.code not in NOT_OFFERED
    return isinstance(trouble, SessionLost | SignInRefused)


class _Search(msgspec.Struct, frozen=True):
    """The eyes that a search settled on, without finding a control; and when."""

    sightings: LinkSchema
    at: datetime


class _FruitlessSearches:
    """Remembers a search that found nothing to compare with."""

    def __init__(self, memory: Discoveries, key: str) -> None:
        self._memory = memory
        self._key = key

    def recall(self) -> LinkSchema | None:
        """The eyes of a search that is not long ago, or None."""
        try:
            search = msgspec.json.decode(self._memory.recall("in_vain", self._key) or "", type=_Search)
        except msgspec.DecodeError:
            return None
        ago = datetime.now(UTC) - search.at
        return search.sightings if timedelta(0) <= ago < SEARCHED_FOR else None

    def remember(self, sightings: LinkSchema) -> None:
        """Just now nothing was found with these eyes."""
        search = _Search(sightings, datetime.now(UTC))
        self._memory.remember("in_vain", self._key, msgspec.json.encode(search).decode())

    def forget(self) -> None:
        """Search again next time."""
        self._memory.remember("in_vain", self._key, "")
