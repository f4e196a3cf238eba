"""Card 3: the results of a run under tabs, its progress, the details of a bill, what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelection, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QPushButton, QTabBar, QWidget

from kdgui.domain.verdicts import Progress, Row, Verdict
from kdgui.pushing.control import Pause
from kdgui.ui.card import Card, ElidedLabel, plain_label, push_button, say
from kdgui.ui.detail_pane import DetailPane
from kdgui.ui.message_bar import Strip
from kdgui.ui.results_model import ResultsModel, Tab, targets_text
from kdgui.ui.results_view import ResultsView
from kdgui.ui.style import Tone, em, named

if TYPE_CHECKING:
    from kdgui.store.words import Words

_AGAIN = frozenset({"already_pushed", "already_here"})


@dataclass(frozen=True, slots=True)
class Offers:
    """Rows that something can be done about."""

    failed: tuple[Row, ...] = ()
    presumed: tuple[Row, ...] = ()
    unsent: tuple[Row, ...] = ()
    unsettled: tuple[Row, ...] = ()
    again: tuple[Row, ...] = ()


def offers_of(rows: Sequence[Row]) -> Offers:
    """Sort the rows of a run by what the clerk may do with them."""
    failed = tuple(row for row in rows if row.verdict is Verdict.FAILED)
    return Offers(
        failed=tuple(row for row in failed if not row.presumed),
        presumed=tuple(row for row in failed if row.presumed),
        unsent=tuple(row for row in rows if row.verdict in (Verdict.NOT_SENT, Verdict.QUEUED)),
        # A row left at "sending" when nothing runs any more: the run broke off, the server must be asked.
        unsettled=tuple(row for row in rows if row.verdict in (Verdict.UNSETTLED, Verdict.SENDING)),
        again=tuple(
            row
            for row in rows
            if row.verdict is Verdict.SKIPPED and any(reason.code in _AGAIN for reason in row.reasons)
        ),
    )


class ResultsPane(Card):
    """What became of every bill.

    Attributes:
        model: the rows.

    Signals:
        stop_wanted, resume_wanted, continue_wanted, settle_wanted, export_wanted: buttons.
        settle_by_hand_wanted: the unsettled Row that is selected.
        retry_wanted: the Offers of now, to retry what failed.
        again_wanted: tuple of rows that were pushed before and are wanted once more.
        told: a sentence worth showing for a moment.
    """

    stop_wanted = Signal()
    resume_wanted = Signal()
    continue_wanted = Signal()
    settle_wanted = Signal()
    settle_by_hand_wanted = Signal(object)
    retry_wanted = Signal(object)
    again_wanted = Signal(object)
    export_wanted = Signal()
    told = Signal(str)

    def __init__(self, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(3, parent)
        self._words = words
        self._running = False
        self._pause: Pause | None = None
        self._progress: Progress | None = None
        self._offers = Offers()
        self.model = ResultsModel(words, self)
        self.view = ResultsView(self.model)
        self.details = DetailPane(words)
        self._lay_out()
        self.model.counted.connect(self._on_counted)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.view.menu_wanted.connect(self._show_menu)
        self.model.modelReset.connect(self._on_selection)
        self.model.dataChanged.connect(lambda *_range: self._show_details())
        self.retranslate()

    # What the window tells

    def show_run(self, rows: Sequence[Row]) -> None:
        """Show these rows, from the top, under 全部."""
        self.tabs.setCurrentIndex(Tab.ALL)
        self.model.show_rows(rows)
        self.view.scrollToTop()

    def set_running(self, running: bool) -> None:
        """A run began or ended."""
        self._running, self._pause, self._progress = running, None, None
        self._on_counted(self.model.counts())

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self._progress = progress
        self._show_progress()

    def show_pause(self, pause: Pause | None) -> None:
        """The run waits, or (None) goes on."""
        self._pause = pause
        self._refresh()

    def show_stopping(self) -> None:
        """The clerk pressed stop; the request in flight is still waited for."""
        self.stop.setEnabled(False)
        say(self.stop, self.tr("Stopping…"), self.tr("The bill that is on its way is still waited for."))

    def search(self, text: str) -> None:
        """Show only rows that hold this text."""
        self.model.search(text)
        self._show_emptiness()

    def tab_chain(self) -> tuple[QWidget, ...]:
        """What the tab key visits, in order."""
        footer = (self.settle_now, self.settle_by_hand, self.retry, self.again)
        return self.tabs, self.resume, self.stop, self.view, *footer, self.copy, self.export

    # What the buttons mean

    def copy_targets(self) -> None:
        """Put the target numbers on the clipboard: of the selected rows if several, else of all shown."""
        selected = self.view.selected_rows()
        rows = selected if len(selected) > 1 else self.model.shown
        numbers = [target.number for row in rows for target in row.targets if target.number]
        if numbers:
            QGuiApplication.clipboard().setText("\n".join(numbers))
            self.told.emit(self.tr("Target numbers copied: {n}").format(n=len(numbers)))
        else:
            self.told.emit(self.tr("There are no target numbers here yet."))

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard as Excel takes them."""
        lines = [
            "\t".join(
                (row.number, self._words().verdict(row), targets_text(row.targets), self.model.remark(row))
            )
            for row in self.view.selected_rows()
        ]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _settle_by_hand(self) -> None:
        row = self.details.row
        if row is not None and row.verdict is Verdict.UNSETTLED:
            self.settle_by_hand_wanted.emit(row)

    def _push_again(self) -> None:
        selected = {(row.run_id, row.position) for row in self.view.selected_rows()}
        chosen = tuple(row for row in self._offers.again if (row.run_id, row.position) in selected)
        self.again_wanted.emit(chosen or self._offers.again)

    def _resume(self) -> None:
        (self.resume_wanted if self._running else self.continue_wanted).emit()

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        selected = self.view.selected_rows()
        entries: list[tuple[str, Callable[[], None], bool]] = [
            (self.tr("Copy rows"), self.copy_rows, bool(selected)),
            (self.tr("Copy source numbers"), self._copy_sources, bool(selected)),
            (self.tr("Copy target numbers"), self.copy_targets, True),
        ]
        for text, call, usable in entries:
            action = menu.addAction(text)
            action.setEnabled(usable)
            action.triggered.connect(lambda _checked=False, wanted=call: wanted())
        menu.popup(at)

    def _copy_sources(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(row.number for row in self.view.selected_rows()))

    # Looks

    def _lay_out(self) -> None:
        self.copy = push_button("copyButton", self.copy_targets, "link")
        self.export = push_button("exportButton", self.export_wanted.emit, "link")
        self.heading.addWidget(self.copy)
        self.heading.addWidget(self.export)
        self.tabs = named("verdictTabs", QTabBar())
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        for _tab in Tab:
            self.tabs.addTab("")
        self.tabs.currentChanged.connect(lambda tab: self._on_tab(Tab(tab)))
        self._banner = Strip()
        self.resume = push_button("resumeButton", self._resume)
        self._banner.row.addWidget(self.resume)
        self._banner.row.itemAt(0).setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._empty = plain_label("muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setObjectName("resultsInvitation")
        for part in (self.tabs, self._banner):
            self.body.addWidget(part)
        self.body.addLayout(self._progress_line())
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.details)
        self.body.addLayout(self._footer())
        QShortcut(QKeySequence.StandardKey.Copy, self.view, self.copy_rows).setContext(
            Qt.ShortcutContext.WidgetShortcut
        )

    def _progress_line(self) -> QHBoxLayout:
        self.bar = named("progressBar", QProgressBar())
        self.bar.setTextVisible(False)
        self.progress_label = named("progressLabel", plain_label("muted"))
        self.stop = push_button("stopButton", self.stop_wanted.emit)
        line = QHBoxLayout()
        line.setSpacing(em(self, 0.6))
        line.addWidget(self.bar, 1)
        line.addWidget(self.progress_label)
        line.addWidget(self.stop)
        return line

    def _footer(self) -> QHBoxLayout:
        self.retry = push_button("retryButton", lambda: self.retry_wanted.emit(self._offers))
        self.again = push_button("pushAgainButton", self._push_again)
        self.settle_now = push_button("settleNowButton", self.settle_wanted.emit)
        self.settle_by_hand = push_button("settleByHandButton", self._settle_by_hand)
        self._saved = ElidedLabel("caption")
        line = QHBoxLayout()
        line.setSpacing(em(self, 0.5))
        for button in (self.settle_now, self.settle_by_hand, self.retry, self.again):
            line.addWidget(button)
        line.addWidget(self._saved, 1)
        return line

    def retranslate(self) -> None:
        self.set_title(self.tr("Results"))
        say(
            self.copy,
            self.tr("Copy target numbers"),
            self.tr("Of the selected rows, or of all that are shown"),
        )
        say(self.export, self.tr("Export to Excel"), self.tr("All rows with targets, reasons and advice"))
        say(self.resume, self.tr("Go on"))
        say(self.settle_now, self.tr("Ask Kingdee"), self.tr("Ask now what became of the unsettled bills"))
        say(
            self.settle_by_hand,
            self.tr("Settle by hand…"),
            self.tr("You looked in Kingdee: say what became of it"),
        )
        self._saved.setText(self.tr("Results are kept; find them in the history at any time"))
        self.tabs.setAccessibleName(self.tr("Which results are shown"))
        self.bar.setAccessibleName(self.tr("Progress"))
        self.view.setAccessibleName(self.tr("Results"))
        self.model.retranslate()
        self.details.retranslate()
        self._on_counted(self.model.counts())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.view.fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.details.set_room(event.size().height() // 4)

    # Keeping up

    def _on_tab(self, tab: Tab) -> None:
        self.model.show_tab(tab)
        self._show_emptiness()

    def _on_counted(self, counts: tuple[int, ...]) -> None:
        words = (self.tr("All"), self.tr("Needs hands"), self.tr("Pushed"), self.tr("Not done"))
        for tab, word in zip(Tab, words, strict=True):
            self.tabs.setTabText(tab, f"{word} {counts[tab]:,}")
        self._offers = Offers() if self._running else offers_of(self.model.rows)
        self._refresh()

    def _on_selection(self, *_change: QItemSelection) -> None:
        self._show_details()

    def _show_details(self) -> None:
        row = self.view.current_row()
        self.details.show_row(row)
        unsettled = row is not None and row.verdict is Verdict.UNSETTLED
        self.settle_by_hand.setVisible(unsettled)
        self.settle_by_hand.setEnabled(unsettled and not self._running)

    def _refresh(self) -> None:
        self._show_emptiness()
        self._show_progress()
        self._show_pause()
        self._show_offers()
        self._show_details()

    def _show_emptiness(self) -> None:
        empty = not self.model.rowCount()
        self._empty.setVisible(empty)
        self.view.setVisible(not empty)
        if empty:
            self._empty.setText(self._invitation())
        any_rows = bool(self.model.counts()[Tab.ALL])
        self.tabs.setVisible(any_rows)
        self._saved.setVisible(any_rows)
        self.copy.setEnabled(any_rows)
        self.export.setEnabled(any_rows and not self._running)

    def _invitation(self) -> str:
        if not self.model.counts()[Tab.ALL]:
            return self.tr(
                "What becomes of every bill appears here:\nits target bill, or why not and what to do."
            )
        return self.tr("No bill here.")

    def _show_progress(self) -> None:
        progress = self._progress
        for widget in (self.bar, self.progress_label, self.stop):
            widget.setVisible(self._running)
        if not self._running:
            self.stop.setEnabled(True)
        if self.stop.isEnabled():
            say(self.stop, self.tr("Stop"), self.tr("Send nothing new; what was sent is waited for"))
        if progress is None:
            self.bar.setRange(0, 0 if self._running else 1)
            self.progress_label.setText(self.tr("Checking…") if self._running else "")
            return
        self.bar.setRange(0, max(progress.total, 1))
        self.bar.setValue(progress.done)
        self.progress_label.setText(self._progress_text(progress))

    def _progress_text(self, progress: Progress) -> str:
        parts = [f"{progress.done:,} / {progress.total:,}"]
        if progress.per_minute > 0:
            parts.append(self.tr("{n} a minute").format(n=round(progress.per_minute)))
        if progress.seconds_left is not None and progress.done < progress.total:
            parts.append(self._time_left(progress.seconds_left))
        return "　".join(parts)

    def _time_left(self, seconds: float) -> str:
        if seconds < 90:
            return self.tr("about {n} s left").format(n=max(round(seconds), 1))
        return self.tr("about {n} min left").format(n=round(seconds / 60))

    def _show_pause(self) -> None:
        unsent = len(self._offers.unsent)
        if self._pause is not None:
            told = self._words().explain(self._pause.reason)
            text = self.tr("Paused: {what}").format(what=told.what)
            self._banner.show_text(
                "\n".join(part for part in (text, told.why, told.do, told.said) if part), Tone.WARN
            )
            say(self.resume, self.tr("Go on"))
            self.resume.setEnabled(self._pause.can_resume)
        elif unsent and not self._running:
            self._banner.show_text(self.tr("Not sent yet: {n}").format(n=f"{unsent:,}"), Tone.INFO)
            say(self.resume, self.tr("Push the other {n}").format(n=f"{unsent:,}"))
            self.resume.setEnabled(True)
        self._banner.setVisible(self._pause is not None or (bool(unsent) and not self._running))

    def _show_offers(self) -> None:
        offers = self._offers
        self._offer(
            self.retry, len(offers.failed) + len(offers.presumed), self._retry_text(len(offers.failed))
        )
        again = self.tr("Push {n} again…").format(n=len(offers.again))
        self._offer(self.again, len(offers.again), again)
        waiting = self.model.counting_down
        self.settle_now.setVisible(bool(offers.unsettled or offers.presumed) or (self._running and waiting))

    def _retry_text(self, failed: int) -> str:
        return self.tr("Retry the {n} failed…").format(n=failed) if failed else self.tr("Retry…")

    def _offer(self, button: QPushButton, count: int, text: str) -> None:
        button.setVisible(count > 0 and not self._running)
        say(button, text)
