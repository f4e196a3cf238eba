"""The plans of card 1: choose one, keep what is chosen under a name, carry plans to and from colleagues."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QMessageBox, QToolButton, QWidget

from kdgui.domain.verdicts import Reason
from kdgui.store.atomic_files import write_atomically
from kdgui.store.plans import Origin, Plan, PlanSource, encode_plan, read_plan
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.style import mark, named

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words


class PlanField(QObject):
    """Whoever owns this lays out `combo`, `fetch` and `more`.

    Attributes:
        source: where the bills of the list came from last; what is saved has them from there.

    Signals:
        chosen: a Plan that was chosen.
        bills_wanted: a Plan whose bills are to be fetched.
        told: what of the chosen plan is gone, or what became of a file.
        troubled: a KdguiError.
    """

    chosen = Signal(object)
    bills_wanted = Signal(object)
    told = Signal(str)
    troubled = Signal(object)

    def __init__(
        self,
        engine: PushEngine,
        current: Callable[[str], Plan],
        words: Callable[[], Words],
        owner: QWidget,
    ) -> None:
        """`current` makes a plan of this name out of what is chosen on the card."""
        super().__init__(owner)
        self._engine = engine
        self._current = current
        self._words = words
        self._owner = owner
        self._plans: tuple[Plan, ...] = ()
        self.source: PlanSource | None = None
        self.combo = named("planCombo", Combo())
        self.combo.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(8)
        self.combo.currentIndexChanged.connect(lambda _row: self._on_chosen())
        self.fetch = push_button("planFetchButton", self._fetch, "link")
        self.more = named("planMenuButton", QToolButton())
        mark(self.more, kind="quiet")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self._save = self._action("planSaveAction", self.save)
        self._save_as = self._action("planSaveAsAction", self.save_as)
        self._rename = self._action("planRenameAction", self.rename)
        self._delete = self._action("planDeleteAction", self.delete)
        self._menu.addSeparator()
        self._export = self._action("planExportAction", self.export)
        self._import = self._action("planImportAction", self.take_over)
        self.more.setMenu(self._menu)
        self.reload()

    # What the card asks and orders

    @property
    def plan(self) -> Plan | None:
        """The plan that is chosen, as it was saved."""
        row = self.combo.currentIndex() - 1
        return self._plans[row] if 0 <= row < len(self._plans) else None

    def reload(self, name: str = "") -> None:
        """Fetch the plans anew; the one of this name is chosen, without being applied."""
        start_job(
            self._engine.plans.load,
            self,
            success=lambda plans: self._show(plans, name),
            failure=self.troubled.emit,
        )

    def set_enabled(self, enabled: bool) -> None:
        """Whether another plan may be chosen."""
        for widget in (self.combo, self.fetch, self.more):
            widget.setEnabled(enabled)

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.combo.setAccessibleName(self.tr("Plan"))
        with QSignalBlocker(self.combo):
            if self.combo.count():
                self.combo.setItemText(0, self.tr("No plan"))
        say(self.fetch, self.tr("Fetch its bills"), self.tr("Search or read the list as the plan says"))
        self.more.setText("⋯")
        self.more.setAccessibleName(self.tr("Save, rename, export plans"))
        self.more.setToolTip(self.more.accessibleName())
        for action, text in (
            (self._save, self.tr("Save")),
            (self._save_as, self.tr("Save as…")),
            (self._rename, self.tr("Rename…")),
            (self._delete, self.tr("Delete…")),
            (self._export, self.tr("Export…")),
            (self._import, self.tr("Import…")),
        ):
            action.setText(text)
        self._refresh()

    # What the clerk does

    def save(self) -> None:
        """Keep what is chosen under the name of the plan; under a new one where none is chosen."""
        plan = self.plan
        if plan is None:
            self.save_as()
        else:
            self._keep(self._made(plan.name))

    def save_as(self) -> None:
        """Keep what is chosen under a name that is asked for."""
        self._ask_name(self.tr("Save plan"), "", lambda name: self._keep(self._made(name), new=True))

    def rename(self) -> None:
        """Ask for another name."""
        plan = self.plan
        if plan is not None:
            engine = self._engine
            self._ask_name(
                self.tr("Rename plan"),
                plan.name,
                lambda name: self._work(lambda: engine.plans.rename(plan.name, name).name),
            )

    def delete(self) -> None:
        """Ask, then take the plan away; nothing that it pushed is touched."""
        plan = self.plan
        if plan is None:
            return
        box = QMessageBox(self._owner.window())
        box.setObjectName("planDeleteBox")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Delete plan"))
        box.setText(self.tr("Delete the plan “{name}”?").format(name=plan.name))
        box.setInformativeText(self.tr("Runs and bills stay as they are."))
        delete = box.addButton(self.tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        engine = self._engine

        def gone() -> str:
            engine.plans.delete(plan.name)
            return ""

        def take(button: object) -> None:
            if button is delete:
                self._work(gone)

        box.buttonClicked.connect(take)
        box.finished.connect(box.deleteLater)
        box.open()

    def export(self) -> None:
        """Write the chosen plan to a file, for a colleague."""
        plan = self.plan
        if plan is None:
            return
        path, _ = QFileDialog.getSaveFileName(
            self._owner.window(), self.tr("Export plan"), f"{plan.name}.toml", self.tr("Plans (*.toml)")
        )
        if path:
            self.export_to(Path(path))

    def export_to(self, path: Path) -> None:
        """Write the chosen plan to this file; it holds no password."""
        plan = self.plan
        if plan is None:
            return
        start_job(
            lambda: write_atomically(path, encode_plan(plan), private=False),
            self,
            success=lambda _nothing: self.told.emit(self.tr("Exported to {path}.").format(path=path)),
            failure=self.troubled.emit,
        )

    def take_over(self) -> None:
        """Ask for a colleague's file."""
        path, _ = QFileDialog.getOpenFileName(
            self._owner.window(), self.tr("Import plan"), "", self.tr("Plans (*.toml)")
        )
        if path:
            self.take_over_from(Path(path))

    def take_over_from(self, path: Path) -> None:
        """Show what is in this file, then keep it under a name that is free."""
        start_job(lambda: read_plan(path), self, success=self._show_foreign, failure=self.troubled.emit)

    def _show_foreign(self, plan: Plan) -> None:
        box = QMessageBox(self._owner.window())
        box.setObjectName("planImportBox")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Import plan"))
        box.setText(self.tr("Take over the plan “{name}”?").format(name=plan.name))
        box.setInformativeText("\n".join(self._facts(plan)))
        take = box.addButton(self.tr("Take over"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)

        def decide(button: object) -> None:
            if button is take:
                self._keep(replace(plan, name=self._free_name(plan.name)), new=True)

        box.buttonClicked.connect(decide)
        box.finished.connect(box.deleteLater)
        box.open()

    # Inside

    def _facts(self, plan: Plan) -> Iterable[str]:
        """What is in a plan, line by line."""
        words, account = self._words(), plan.account
        form = self._engine.catalogue.form(plan.form)
        centre = account.data_centre_name or account.data_centre
        where = " · ".join(part for part in (centre, account.user) if part)
        yield self.tr("Form: {form}").format(form=form.name(words.language) if form else plan.form)
        yield self.tr("Rule: {rule}").format(rule=plan.options.rule_id or "-")
        if where:
            yield self.tr("Made for: {where}").format(where=where)
        yield self.tr("Bills: {origin}").format(origin=words.text(f"plan.{plan.source.origin.value}"))
        if plan.source.origin is Origin.FILE:
            yield plan.source.file
        if plan.then:
            yield self.tr("Then approve too") if plan.then == "audit" else self.tr("Then submit")
        if plan.again:
            yield self.tr("Bills that have targets already are pushed again")
        if plan.options.draft_on_fail:
            yield self.tr("Drafts are kept where saving fails")

    def _action(self, name: str, call: Callable[[], None]) -> QAction:
        action = self._menu.addAction("")
        action.setObjectName(name)
        action.triggered.connect(lambda _checked=False: call())
        return action

    def _made(self, name: str) -> Plan:
        """What is chosen, as a plan; what the card does not show is kept of the plan that is chosen."""
        made, before = self._current(name), self.plan
        kept = before.source if before is not None else PlanSource()
        fill = before.fill if before is not None else {}
        return replace(made, source=self.source or kept, fill=fill, again=bool(before and before.again))

    def _keep(self, plan: Plan, *, new: bool = False) -> None:
        engine = self._engine

        def keep() -> str:
            engine.plans.save(plan, new=new)
            return plan.name.strip()

        self._work(keep)

    def _work(self, call: Callable[[], str]) -> None:
        """Change the plans off the window's thread, then show them; the one that comes back is chosen."""
        start_job(call, self, success=self.reload, failure=self.troubled.emit)

    def _ask_name(self, title: str, name: str, take: Callable[[str], None]) -> None:
        dialog = QInputDialog(self._owner.window())
        dialog.setObjectName("planNameDialog")
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("Name of the plan"))
        dialog.setTextValue(name)
        dialog.setOkButtonText(self.tr("Save"))
        dialog.setCancelButtonText(self.tr("Cancel"))
        dialog.textValueSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _free_name(self, name: str) -> str:
        taken = {plan.name.casefold() for plan in self._plans}
        numbers = (f"{name} ({number})" for number in range(2, 10_000))
        return name if name.casefold() not in taken else next(n for n in numbers if n.casefold() not in taken)

    def _show(self, plans: tuple[Plan, ...], name: str) -> None:
        wanted = name or (self.plan.name if self.plan is not None else "")
        self._plans = plans
        with QSignalBlocker(self.combo):
            self.combo.clear()
            self.combo.addItem(self.tr("No plan"))
            self.combo.addItems([plan.name for plan in plans])
            places = (row for row, plan in enumerate(plans, 1) if plan.name.casefold() == wanted.casefold())
            self.combo.setCurrentIndex(next(places, 0))
        self._refresh()

    def _refresh(self) -> None:
        plan = self.plan
        for action in (self._rename, self._delete, self._export):
            action.setEnabled(plan is not None)
        self.fetch.setVisible(plan is not None and plan.source.origin is not Origin.PASTED)

    def _on_chosen(self) -> None:
        self._refresh()
        plan = self.plan
        self.source = None
        if plan is None:
            return
        self.chosen.emit(plan)
        if self._engine.connection.signed_in is not None:
            engine = self._engine
            start_job(
                lambda: engine.plan_check.missing(plan),
                self,
                success=lambda missing: self._tell_missing(plan, missing),
                failure=self.troubled.emit,
            )

    def _tell_missing(self, plan: Plan, reasons: Sequence[Reason]) -> None:
        missing = [self._words().reason(each) for each in reasons]
        profile = self._engine.connection.profile
        other = profile is not None and plan.account.data_centre not in ("", profile.data_centre_id)
        if other:
            where = plan.account.data_centre_name or plan.account.data_centre
            missing.insert(0, self.tr("it was made for the data centre {name}").format(name=where))
        if missing:
            told = self.tr("About the plan “{name}”: {what}")
            self.told.emit(told.format(name=plan.name, what=self.tr("; ").join(missing)))

    def _fetch(self) -> None:
        if self.plan is not None:
            self.bills_wanted.emit(self.plan)
