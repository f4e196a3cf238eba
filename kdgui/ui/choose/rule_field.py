"""The choice of a conversion rule: those of the server, named by the catalogue; any other id can be typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from kdgui.domain.errors import KdguiError
from kdgui.domain.rules import Rule
from kdgui.ui.choose.form_picker import Choice, Picker
from kdgui.ui.jobs.worker import Job, start_job
from kdgui.ui.widgets.card import plain_label
from kdgui.ui.widgets.style import mark

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.schema.rule_choices import RuleList
    from kdgui.store.messages.words import Words

_DEFAULT = "*"
"""Key of the choice that lets the server take its default rule."""


class RuleField(QObject):
    """A picker with the rules of one form, fetched off the window's thread, and a note where that failed.

    Attributes:
        picker, note: the widgets; whoever owns this lays them out.

    Signals:
        changed: another rule, or more is known about the one that is chosen.
    """

    changed = Signal()

    def __init__(self, engine: PushEngine, words: Callable[[], Words], parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._words = words
        self._form_id = ""
        self._rules: tuple[Rule, ...] = ()
        self._trouble: KdguiError | None = None
        self._asking: Job | None = None
        self.picker = Picker("ruleCombo")
        self.picker.chosen.connect(lambda _key: self._on_chosen())
        self.note = plain_label("caption", wrap=True)
        mark(self.note, tone="warn")
        self.note.hide()

    @property
    def is_default(self) -> bool:
        """Whether the server's default rule is chosen."""
        return self.picker.key == _DEFAULT

    @property
    def rule_id(self) -> str:
        """The rule that is chosen; "" for none and for the default rule."""
        return "" if self.is_default else self.picker.key

    @property
    def target_form(self) -> str:
        """The target form as server or catalogue name it; "" where neither does."""
        wanted = self.picker.key.casefold()
        known = (*self._rules, *self._engine.catalogue.rules)
        named = (rule.target_form for rule in known if rule.rule_id.casefold() == wanted)
        return next((form for form in named if form), "")

    def offer(self, form_id: str) -> None:
        """Fetch and offer the rules from this form; what was chosen stays where it is the same form."""
        if form_id.casefold() != self._form_id.casefold():
            self.picker.choose("")
        self._form_id = form_id
        self._rules, self._trouble = (), None
        if self._asking is not None:
            self._asking.abandon()
            self._asking = None
        if not form_id:
            self.refresh()
            return
        self.picker.set_choices(())
        self.picker.set_placeholder(self.tr("Fetching the rules…"))
        rules = self._engine.choices.rules
        self._asking = start_job(
            lambda: rules(form_id), self, success=self._on_rules, failure=self._on_no_rules
        )

    def choose(self, rule_id: str, *, default: bool) -> None:
        """Choose this rule, or the server's default one, whether the list has come by now or not."""
        self.picker.choose(_DEFAULT if default else rule_id)

    def refresh(self) -> None:
        """Show what is known in the language of now."""
        self.picker.set_placeholder(self.tr("Choose a rule, or type its id"))
        choices = [self._choice(rule) for rule in self._rules]
        if self._form_id:
            choices.append(Choice(_DEFAULT, self.tr("The server's default rule"), shows_key=False))
        self.picker.set_choices(choices)
        self._explain()

    def _on_chosen(self) -> None:
        self._explain()
        self.changed.emit()

    def _explain(self) -> None:
        """Say underneath what is amiss with the list, and with the rule that is chosen."""
        told = "\n".join(filter(None, (self._told_of_list(), self._told_of_rule())))
        self.note.setText(told)
        self.note.setVisible(bool(told))

    def _told_of_list(self) -> str:
        if self._trouble is None:
            return ""
        why = self._words().error(self._trouble).what
        told = self.tr("The rules could not be fetched ({why}); those of the catalogue are shown.")
        return told.format(why=why)

    def _told_of_rule(self) -> str:
        wanted = self.rule_id.casefold()
        if not wanted:
            return ""
        rule = next((rule for rule in self._rules if rule.rule_id.casefold() == wanted), None)
        if rule is None:
            complete = bool(self._rules) and all(rule.from_server for rule in self._rules)
            return self.tr("The server lists no such rule for this form: check its id.") if complete else ""
        if rule.obstacle == "disabled":
            return self.tr(
                "This rule is switched off in Kingdee: pushes by it are refused (运行时不允许加载)."
                " Ask the administrator to switch it on, or choose another rule."
            )
        if rule.obstacle == "invisible":
            return self.tr(
                "This rule is hidden in Kingdee: pushes by it may be refused (运行时不允许加载)."
                " Ask the administrator, or choose another rule."
            )
        return ""

    def _on_rules(self, found: RuleList) -> None:
        self._asking = None
        self._rules, self._trouble = found.rules, found.trouble
        self.refresh()
        if not self.picker.key:
            used = self._used()
            only = self._rules[0].rule_id if len(self._rules) == 1 else ""
            self.picker.choose(used[0] if used else only)
        self.changed.emit()

    def _used(self) -> tuple[str, ...]:
        """The rules used with this form: the last one in this data centre, then the others."""
        settings, profile = self._engine.settings, self._engine.connection.profile
        form, rule = settings.last_choice(profile.place) if profile is not None else ("", "")
        here = (rule,) if rule and form.casefold() == self._form_id.casefold() else ()
        return here + settings.rules_used(self._form_id)

    def _on_no_rules(self, error: KdguiError) -> None:
        self._asking = None
        self._rules, self._trouble = self._engine.catalogue.rules_from(self._form_id), error
        self.refresh()
        self.changed.emit()

    def _choice(self, rule: Rule) -> Choice:
        name = rule.name
        if self._words().language == "en" or not name:
            ends = (rule.source_form or self._form_id, rule.target_form)
            name = " → ".join(map(self._form_name, ends)) if all(ends) else name
        shown = name.replace("→", " → ").replace("  ", " ")
        used = rule.rule_id.casefold() in {each.casefold() for each in self._used()}
        rank = 0 if used else 1 if rule.standard else 2
        return Choice(rule.rule_id, shown, rule.name, self._note(rule), dim=bool(rule.obstacle), rank=rank)

    def _note(self, rule: Rule) -> str:
        if rule.obstacle:
            return self.tr("switched off") if rule.obstacle == "disabled" else self.tr("hidden")
        return "" if rule.from_server else self.tr("catalogue")

    def _form_name(self, form_id: str) -> str:
        form = self._engine.catalogue.form(form_id)
        return form.name(self._words().language) if form else form_id
