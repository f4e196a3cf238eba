"""Plan check: what a plan names and this server no longer has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kdgui.domain.verdicts import Reason
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.inspect.find_service import FindService
from kdgui.pushing.schema.rule_choices import rules_for
from kdgui.store.plans import Origin, Plan


class PlanCheck:
    """Asks the data centre that is signed in to; reads only."""

    def __init__(self, context: DataCentreContext, finding: FindService) -> None:
        self._context = context
        self._finding = finding

    def missing(self, plan: Plan) -> tuple[Reason, ...]:
        """What the plan names and is not there; what cannot be asked for is not called missing. Blocks.

        Raises BadInput: `not_signed_in`, and what a read raises.
        """
        with self._context.sign_in_service.own_connection() as connection:
            rule = tuple(self._rule_missing(plan, connection))
        return (*rule, *self._source_missing(plan), *self._fill_missing(plan))

    def _rule_missing(self, plan: Plan, connection: Connection) -> Iterable[Reason]:
        rule_id = plan.options.rule_id
        if not rule_id:
            return
        listed = rules_for(connection, self._context.catalogue, self._context.settings, plan.form)
        known = {rule.rule_id.casefold() for rule in listed.rules}
        if listed.from_server and rule_id.casefold() not in known:
            yield Reason.of("plan_rule_gone", rule=rule_id)

    def _source_missing(self, plan: Plan) -> Iterable[Reason]:
        source = plan.source
        if source.origin is Origin.FILE and source.file and not Path(source.file).is_file():
            yield Reason.of("plan_file_gone", path=source.file)
        if source.origin is Origin.FIND:
            for name in self._finding.fields_missing(plan.form, source.find):
                yield Reason.of("plan_field_gone", field=name)

    def _fill_missing(self, plan: Plan) -> Iterable[Reason]:
        """Fields of the target form, where the server describes it."""
        target = plan.options.target_form
        if not (plan.fill and target):
            return
        form = self._finding.form(target)
        if form.described:
            for key in dict.fromkeys(plan.fill.values()):
                if form.field(key) is None:
                    yield Reason.of("plan_field_gone", field=key)
