"""Card 1: which form, which conversion rule, how, and what comes after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.rules import Form
from kdgui.store.plans import Plan, PlanAccount
from kdgui.ui.choose.form_picker import Choice, Picker
from kdgui.ui.choose.mode_field import ModeField
from kdgui.ui.choose.options_field import OptionsField
from kdgui.ui.choose.plan_field import PlanField
from kdgui.ui.choose.rule_field import RuleField
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import Card, IconButton, plain_label, push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.icons import icon
from kdgui.ui.widgets.question_box import Answer, ask
from kdgui.ui.widgets.style import current_scheme, em, mark, named

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words


class ChoosePane(Card):
    """Form, rule and options.

    Signals:
        changed: the form, the rule, the target or an option is another one: what a check found is void.
        readiness_wanted: what this account can and may do with the rule is asked for.
        troubled: a KdguiError that kept a favourite or options from being kept.
    """

    changed = Signal()
    readiness_wanted = Signal()
    troubled = Signal(object)

    def __init__(self, engine: PushEngine, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(1, parent)
        self._engine = engine
        self._words = words
        self._rule = RuleField(engine, words, self)
        self._options = OptionsField(engine, self)
        self._mode = ModeField(self)
        self.plans = PlanField(engine, self._as_plan, words, self)
        self.plans.chosen.connect(self.use_plan)
        self.plans.troubled.connect(self.troubled)
        self._recalled: tuple[str, str] = ("", "")
        self._place = ""
        self._stars: dict[tuple[bool, str], QIcon] = {}
        self._lay_out()
        self.form.chosen.connect(self._on_form)
        self._rule.changed.connect(self._on_rule)
        self.target.chosen.connect(lambda _key: self._on_option())
        for picker in (self.form, self.target, self.rule):
            picker.unknown.connect(partial(self._ask_about, picker))
        self._options.changed.connect(self._on_option)
        self._options.troubled.connect(self.troubled)
        self.retranslate()

    # What the window asks and orders

    def obstacle(self) -> str:
        """What is still to be chosen, as a sentence; "" when nothing is."""
        if not self.form.key:
            return self.tr("Choose the form to push.")
        if not self.rule.key:
            return self.tr("Choose a conversion rule.")
        if self._needs_target() and not self.target.key:
            return self.tr("Choose the target form.")
        return ""

    def order(self, numbers: tuple[str, ...]) -> RunOrder:
        """A run with what is chosen."""
        return RunOrder(
            form_id=self.form.key,
            options=self._push_options(),
            numbers=numbers,
            merged=self._mode.is_merged,
            block=self._mode.block.value(),
            split=None,  # a refused block: the clerk is asked
            then=str(self.after.currentData() or ""),
            parallel=self._engine.settings.parallel,
        )

    def _push_options(self) -> PushOptions:
        more = self._options.options
        return PushOptions(
            rule_id=self._rule.rule_id,
            target_form=self._target_form(),
            default_rule=self._rule.is_default,
            target_bill_type=more.target_bill_type,
            target_org_id=more.target_org_id,
            draft_on_fail=more.draft_on_fail,
            custom_params=more.custom_params,
        )

    def reload(self) -> None:
        """Fetch forms and rules anew: another data centre, or signed in."""
        self._fill_after()
        self._fill_forms()
        last = self._last_form()
        if last and last != self.form.key:
            self.form.choose(last)
        elif self.form.key:
            self._rule.offer(self.form.key)

    def _last_form(self) -> str:
        """What was pushed last in the data centre just entered; else what is chosen, or was pushed anywhere.

        Each data centre has work of its own: whoever comes back to it goes on where she was there.
        """
        settings, profile = self._engine.settings, self._engine.connection.profile
        place = profile.place if profile is not None else ""
        here = settings.last_choice(place)[0] if place != self._place else ""
        self._place = place
        return here or self.form.key or next(iter(settings.recent_forms), "")

    def choose(self, form_id: str, rule_id: str) -> None:
        """Choose this form and this rule, as the clerk would."""
        self.form.choose(form_id)
        self.rule.choose(rule_id)

    def use_plan(self, plan: Plan) -> None:
        """Choose what this plan says, as the clerk would."""
        self.form.choose(plan.form)
        self._rule.choose(plan.options.rule_id, default=plan.options.default_rule)
        self._options.choose(plan.options)
        self.target.choose(plan.options.target_form if self._needs_target() else "")
        self._mode.choose(merged=plan.merged, block=plan.block)
        self.after.setCurrentIndex(max(self.after.findData(plan.then), 0))
        self._on_option()

    def _as_plan(self, name: str) -> Plan:
        """What is chosen, under this name."""
        order, profile = self.order(()), self._engine.connection.profile
        here = self._engine.connection.organisation
        account = PlanAccount()
        if profile is not None:
            number = here.number if here else ""
            account = PlanAccount(
                profile.server, profile.data_centre_id, profile.data_centre_name, profile.user, number
            )
        return Plan(
            name,
            order.form_id,
            account,
            order.options,
            merged=order.merged,
            block=order.block,
            parallel=order.parallel,
            then=order.then,
        )

    def offer_readiness(self, offered: bool) -> None:
        """Whether there is a rule and a server to be looked at."""
        self._ready.setEnabled(offered)

    def tab_chain(self) -> tuple[QWidget, ...]:
        """What the tab key visits, in order."""
        mode = self._mode
        heading = (self._ready, self._options.button)
        plans = (self.plans.combo, self.plans.fetch, self.plans.more)
        fields = (*plans, self.form, self._star, self.rule, self.target)
        return *heading, *fields, mode.separate, mode.merged, self.after, mode.block

    def set_busy(self, busy: bool) -> None:
        """While a run goes nothing here can be changed."""
        self._mode.set_enabled(not busy)
        self.plans.set_enabled(not busy)
        for widget in (self.form, self.rule, self.target, self.after, self._options.button):
            widget.setEnabled(not busy)

    def _ask_about(self, picker: Picker, typed: str) -> None:
        """An id that nobody lists may be a form of this company's own, or a slip: the clerk says which."""
        rule, form = self.tr("The server lists no rule {id}."), self.tr("No form {id} is known.")
        ask(
            self.window(),
            "unknownIdDialog",
            picker.accessibleName(),
            (rule if picker is self.rule else form).format(id=typed),
            self.tr("What was made for your company may still exist under this id. Use it as it stands?"),
            (
                Answer("useIdButton", self.tr("Use this id"), lambda: picker.choose(typed)),
                Answer("chooseAnotherButton", self.tr("Choose another"), picker.setFocus),
            ),
        )

    # Forms

    def _fill_forms(self) -> None:
        favourites = {form_id.casefold() for form_id in self._engine.settings.favourites}
        self._forms = tuple(self._form_choice(form, favourites) for form in self._engine.choices.forms())
        self.form.set_choices(self._forms)
        self.target.set_choices(self._forms)
        self._show_star()

    def _form_choice(self, form: Form, favourites: set[str]) -> Choice:
        language = self._words().language
        star = "★" if form.form_id.casefold() in favourites else ""
        also = f"{form.name_zh}\n{form.name_en}"
        return Choice(form.form_id, form.name(language), also, star, rank=self._rank(form, star))

    def _rank(self, form: Form, star: str) -> int:
        """Used or starred, common (a rule of the catalogue starts or ends there), or neither."""
        form_id = form.form_id.casefold()
        if star or form_id in {each.casefold() for each in self._engine.settings.recent_forms}:
            return 0
        return 1 if form_id in self._common else 2

    @cached_property
    def _common(self) -> frozenset[str]:
        rules = self._engine.catalogue.rules
        return frozenset(end.casefold() for rule in rules for end in (rule.source_form, rule.target_form))

    def _on_form(self, _key: str) -> None:
        self._rule.offer(self.form.key)
        self._show_star()
        self.changed.emit()

    def _toggle_star(self) -> None:
        form_id, settings = self.form.key, self._engine.settings
        others = tuple(each for each in settings.favourites if each.casefold() != form_id.casefold())
        starred = len(others) < len(settings.favourites)
        wanted = replace(settings, favourites=others if starred else (form_id, *others))
        start_job(
            lambda: self._engine.change_settings(wanted),
            self,
            success=lambda _nothing: self._fill_forms(),
            failure=self.troubled.emit,
        )

    def _show_star(self) -> None:
        form_id = self.form.key.casefold()
        starred = form_id in {each.casefold() for each in self._engine.settings.favourites}
        self._star.setEnabled(bool(form_id))
        self._star.setIcon(self._star_icon(starred))
        words = self.tr("Remove from favourites") if starred else self.tr("Add to favourites")
        self._star.setToolTip(words)
        self._star.setAccessibleName(words)

    def _star_icon(self, starred: bool) -> QIcon:
        """Drawn once for each scheme: drawing takes longer than anything else here."""
        wanted = starred, current_scheme().name
        if wanted not in self._stars:
            self._stars[wanted] = icon("star-filled", current_scheme().warn) if starred else icon("star")
        return self._stars[wanted]

    # Rule and target form

    def _on_rule(self) -> None:
        self._recall_options()
        self._show_target()
        self.changed.emit()

    def _recall_options(self) -> None:
        """What was chosen with this rule the last time holds again."""
        rule = self.form.key, self.rule.key
        if rule == self._recalled:  # more became known about the same rule
            return
        self._recalled = rule
        kept = self._options.recall(self.form.key, self._rule.rule_id)
        self.target.choose(kept.target_form)

    def _on_option(self) -> None:
        if self.rule.key:
            kept = replace(self._push_options(), target_form=self.target.key if self._needs_target() else "")
            self._options.remember(self.form.key, kept)
        self.changed.emit()

    def _needs_target(self) -> bool:
        """Whether nobody names the target form: no rule of the list, or the default rule."""
        return bool(self.rule.key) and (self._rule.is_default or not self._rule.target_form)

    def _target_form(self) -> str:
        """The target form as chosen or as the rule says; "" lets the engine find it."""
        return self.target.key if self._needs_target() else self._rule.target_form

    def _show_target(self) -> None:
        needed = self._needs_target()
        self._target_label.setVisible(needed)
        self.target.setVisible(needed)

    # Looks

    def _lay_out(self) -> None:
        self.form = Picker("formCombo")
        self.rule = self._rule.picker
        self.target = Picker("targetFormCombo")
        self.after = named("afterCombo", Combo())
        self._star = named("favouriteButton", IconButton())
        mark(self._star, kind="quiet")
        self._star.clicked.connect(self._toggle_star)
        self._ready = push_button("readinessButton", self.readiness_wanted.emit, "link")
        self._plan_label, self._form_label, self._rule_label, self._target_label, self._mode_label = (
            plain_label("muted") for _ in range(5)
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(em(self, 0.6))
        grid.setVerticalSpacing(em(self, 0.35))  # five rows on the smallest screen
        grid.setColumnStretch(1, 1)
        self._add_row(grid, 0, self._plan_label, (self.plans.combo, self.plans.fetch), self.plans.more)
        self._add_row(grid, 1, self._form_label, (self.form,), self._star)
        self._add_row(grid, 2, self._rule_label, (self.rule,))
        grid.addWidget(self._rule.note, 3, 1, 1, 2)
        self._add_row(grid, 4, self._target_label, (self.target,))
        self._add_row(grid, 5, self._mode_label, (self._mode.widget,))
        self._mode.put_beside(self.after)
        grid.addWidget(self._options.danger, 6, 1, 1, 2)
        self.body.addLayout(grid)
        self.heading.addWidget(self._ready)
        self.heading.addWidget(self._options.button)
        for widget in (self.target, self._target_label):
            widget.hide()

    def _add_row(
        self,
        grid: QGridLayout,
        row: int,
        label: QLabel,
        widgets: Sequence[QWidget],
        button: QWidget | None = None,
    ) -> None:
        """`button` stands in a column of its own, so that the fields beside such buttons end at one edge."""
        line = QHBoxLayout()
        line.setSpacing(em(self, 0.4))
        for widget in widgets:
            line.addWidget(widget, 1 if isinstance(widget, Combo) else 0)
        top = label is self._mode_label  # its field has more below: the label stands beside the first line
        if top:
            label.setContentsMargins(0, em(self, 0.42), 0, 0)
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag(0))
        grid.addLayout(line, row, 1, 1, 2 if button is None else 1)
        if button is not None:
            grid.addWidget(button, row, 2)

    def retranslate(self) -> None:
        self.set_title(self.tr("Choose what to push"))
        labels = (
            (self._plan_label, self.tr("Plan"), self.plans.combo),
            (self._form_label, self.tr("Form"), self.form),
            (self._rule_label, self.tr("Rule"), self.rule),
            (self._target_label, self.tr("Target"), self.target),
            (self._mode_label, self.tr("How"), None),
        )
        for label, text, buddy in labels:
            label.setText(text)
            if buddy is not None:
                buddy.setAccessibleName(text)
        self.after.setAccessibleName(self.tr("Then"))
        self.form.set_placeholder(self.tr("Type a name or id, for example 采购订单"))
        self.target.set_placeholder(self.tr("The rule does not say; choose the target form"))
        say(
            self._ready,
            self.tr("Readiness"),
            self.tr("What this account can see and do with this rule; changes nothing"),
        )
        self._fill_after()
        self._options.retranslate()
        self.plans.retranslate()
        self._mode.retranslate()
        self._fill_forms()
        self._rule.refresh()

    def _fill_after(self) -> None:
        kept = self.after.currentData()
        self.after.clear()
        for text, data in (
            (self.tr("Push only"), ""),
            (self.tr("Then submit"), "submit"),
            (self.tr("Then approve too"), "audit"),
        ):
            if not data or self._engine.refusal_of("submit", data) is None:
                self.after.addItem(text, data)
        self.after.setCurrentIndex(max(self.after.findData(kept), 0))
