"""Downstream: what has been pushed on from some bills, as far as this server lets anybody ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from kdgui.domain.bills import TargetBill
from kdgui.pushing.choices import rules_for
from kdgui.pushing.finder import Finder
from kdgui.pushing.line import Line
from kdgui.pushing.workshop import Workshop


class Downstream:
    """Asks every form that a rule makes of one form. Used from one thread at a time.

    Attributes:
        unseen: forms that could not be asked, or whose silence proves nothing. Where no rule is known
            at all, the form itself stands here.
    """

    def __init__(self, workshop: Workshop, line: Line, form_id: str) -> None:
        self._workshop = workshop
        self._line = line
        self._form_id = form_id
        self._finders: dict[str, Finder] | None = None
        self.unseen: tuple[str, ...] = ()

    def ask(self, bills: Mapping[str, str]) -> dict[str, tuple[TargetBill, ...]]:
        """What these bills (FID → number) have been pushed on to, by FID; () for nothing that can be seen.

        Raises:
            LineTrouble, SessionLost, SignInRefused, AnswerUnreadable; QueryRefused for what may pass.
        """
        finders = self._finders if self._finders is not None else self._open()
        found: dict[str, list[TargetBill]] = defaultdict(list)
        unseen = [] if finders else [self._form_id]
        for form_id, finder in finders.items():
            sight = finder.ask(bills)
            if not sight.controlled:
                unseen.append(form_id)
            for bill_id in bills:
                found[bill_id] += [target.bill for target in sight.of(bill_id)]
        self.unseen = tuple(unseen)
        return {bill_id: tuple(found[bill_id]) for bill_id in bills}

    def _open(self) -> dict[str, Finder]:
        workshop = self._workshop
        rules = rules_for(self._line, workshop.catalogue, workshop.settings, self._form_id).rules
        finders: dict[str, Finder] = {}
        for rule in rules:
            if rule.target_form and rule.target_form.casefold() not in map(str.casefold, finders):
                finder = workshop.finder(self._form_id, rule.rule_id, rule.target_form, self._line)
                finder.open()
                finders[rule.target_form] = finder
        self._finders = finders
        return finders
