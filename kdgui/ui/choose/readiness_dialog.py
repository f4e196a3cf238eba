"""The readiness report: what this account can see and do with a rule, with lights that are words as well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QVBoxLayout, QWidget

import kdgui
from kdgui.domain.errors import KdguiError
from kdgui.domain.orders import RunOrder
from kdgui.domain.readiness import Light, Readiness, ReadyLine
from kdgui.store.exports.readiness_report import write_ready_file
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.account_words import organisation_words
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.pills import Pill
from kdgui.ui.widgets.style import Tone, em, mark

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words

_TONES = {Light.GREEN: Tone.OK, Light.AMBER: Tone.WARN, Light.RED: Tone.BAD, Light.GREY: Tone.NEUTRAL}
_WORST_FIRST = (Light.RED, Light.AMBER, Light.GREEN, Light.GREY)


class ReadinessDialog(FittingDialog):
    """Looks around off the window's thread; writes nothing to Kingdee."""

    def __init__(
        self, engine: PushEngine, order: RunOrder, words: Callable[[], Words], parent: QWidget | None = None
    ) -> None:
        """`order` says form, rule and target form."""
        super().__init__(parent, ems_wide=42)
        self.setObjectName("readinessDialog")
        self.setWindowTitle(self.tr("Readiness"))
        self._engine = engine
        self._order = order
        self._words = words
        self._report: Readiness | None = None
        self._note = Strip()
        self._lay_out()
        self._look()

    def _lay_out(self) -> None:
        heading, advice = plain_label("heading"), plain_label("muted", wrap=True)
        heading.setText(self.tr("Readiness"))
        advice.setText(
            self.tr(
                "What this account can see and do with {form}, rule {rule}. Only reads; nothing is changed."
            ).format(form=self._form_name(), rule=self._order.options.rule_id or self.tr("by default"))
        )
        self._card = QFrame()
        mark(self._card, role="card")
        self._grid = QGridLayout(self._card)
        self._grid.setContentsMargins(*[em(self, 0.8)] * 4)
        self._grid.setHorizontalSpacing(em(self, 0.8))
        self._grid.setVerticalSpacing(em(self, 0.2))
        self._grid.setColumnStretch(1, 1)
        self._card.hide()
        for part in (heading, advice, self._card):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.pinned.addWidget(self._note)
        self._export = push_button("exportReadinessButton", self._ask_file)
        self._again = push_button("readinessAgainButton", self._look)
        close = push_button("closeReadinessButton", self.reject, "primary")
        say(
            self._export,
            self.tr("Export for IT…"),
            self.tr("The report with every raw answer, passwords masked, as a file"),
        )
        say(self._again, self.tr("Look again"))
        say(close, self.tr("Close"))
        self.buttons.addWidget(self._export)
        self.buttons.addWidget(self._again)
        self.buttons.addStretch(1)
        self.buttons.addWidget(close)
        close.setDefault(True)

    def _form_name(self) -> str:
        form = self._engine.catalogue.form(self._order.form_id)
        return form.name(self._words().language) if form else self._order.form_id

    def _look(self) -> None:
        order = self._order
        for button in (self._export, self._again):
            button.setEnabled(False)
        self._note.show_text(self.tr("Looking around; this takes some thirty small questions…"), Tone.INFO)
        self._note.show()
        start_job(
            lambda: self._engine.choices.readiness(
                order.form_id, order.options.rule_id, order.options.target_form
            ),
            self,
            success=self._show,
            failure=self._on_trouble,
            finished=lambda: self._again.setEnabled(True),
        )

    def _show(self, report: Readiness) -> None:
        self._report = report
        while self._grid.count():
            item = self._grid.takeAt(0)
            if (widget := item.widget() if item else None) is not None:
                widget.deleteLater()
        for row, line in enumerate(sorted(report.lines, key=lambda line: _WORST_FIRST.index(line.light))):
            self._add(row, line)
        self._card.show()
        self._export.setEnabled(True)
        self._tell_verdict(report)

    def _add(self, row: int, line: ReadyLine) -> None:
        words = self._words()
        explained = words.ready(line)
        light = Pill(words.text(f"light.{line.light.value}"), _TONES[line.light])
        text = QWidget()
        column = QVBoxLayout(text)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.15))
        who = self.tr("{do} Who: {who}").format(do=explained.do, who=explained.who)
        do = who if explained.do and explained.who else explained.do
        for role, sentence in (("", explained.what), ("muted", do), ("caption", line.detail)):
            if sentence:
                label = plain_label(role, wrap=True)
                label.setText(sentence)
                column.addWidget(label)
        self._grid.addWidget(light, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(text, row, 1)

    def _tell_verdict(self, report: Readiness) -> None:
        red, amber = report.count(Light.RED), report.count(Light.AMBER)
        if red:
            text, tone = self.tr("{n} things must be put right before this rule is used."), Tone.BAD
        elif amber:
            text, tone = self.tr("It can be used; {n} things are worth knowing."), Tone.WARN
        else:
            text, tone = self.tr("Everything that can be seen from here is in order."), Tone.OK
        self._note.show_text(text.format(n=red or amber), tone)

    def _on_trouble(self, error: KdguiError) -> None:
        self._note.show_text(told(self._words().error(error)), Tone.BAD)
        self._note.show()

    # The file

    def _ask_file(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{self.tr('Readiness')} {self._order.options.rule_id or self._order.form_id}.json"
        proposal = str(Path(folder) / name)
        kinds = self.tr("Report (*.json)")
        path, _kind = QFileDialog.getSaveFileName(self, self.tr("Export for IT…"), proposal, kinds)
        if path:
            self.write(Path(path))

    def write(self, path: Path) -> None:
        """Write the report with its raw answers to `path`, off the window's thread."""
        report, words, about = self._report, self._words(), self._about()
        if report is not None:
            start_job(
                lambda: write_ready_file(path, report, about, words),
                self,
                success=lambda _nothing: self._on_written(path),
                failure=self._on_trouble,
            )

    def _on_written(self, path: Path) -> None:
        self._note.show_text(self.tr("Written to {path}").format(path=path), Tone.OK)

    def _about(self) -> dict[str, str]:
        profile, signed_in, order = (
            self._engine.connection.profile,
            self._engine.connection.signed_in,
            self._order,
        )
        return {
            "program": f"kdgui {kdgui.__version__}",
            "server": profile.server if profile else "",
            "version": signed_in.version if signed_in else "",
            "data_centre": profile.data_centre_id if profile else "",
            "data_centre_name": profile.data_centre_name if profile else "",
            "organisation": organisation_words(self._engine),
            "user": profile.user if profile else "",
            "form": order.form_id,
            "rule": order.options.rule_id,
            "target": order.options.target_form,
        }
