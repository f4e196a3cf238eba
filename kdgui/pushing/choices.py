"""Choices: which forms and rules may be chosen, and what a rule can count on at this server."""

from __future__ import annotations

from kdgui.domain.rules import Form
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.readiness.report import Readiness, readiness_report
from kdgui.pushing.schema.rule_choices import RuleList, ordered_forms, rules_for


class Choices:
    """Forms, rules and their readiness, from the signed-in data centre, else from the catalogue."""

    def __init__(self, context: DataCentreContext) -> None:
        self._context = context

    def forms(self) -> tuple[Form, ...]:
        """All forms, favourites and last used first. Does not block."""
        return ordered_forms(self._context.catalogue, self._context.settings)

    def rules(self, form_id: str) -> RuleList:
        """The rules from a form; the trouble inside where the server did not list them. Blocks."""
        context = self._context
        return context.sign_in_service.read(
            lambda connection: rules_for(connection, context.catalogue, context.settings, form_id)
        )

    def readiness(self, form_id: str, rule_id: str, target_form: str = "") -> Readiness:
        """What a rule can count on at this server; reads only, beside a run too. See `readiness_report`."""
        return readiness_report(self._context, form_id, rule_id, target_form)
