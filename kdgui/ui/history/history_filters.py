"""The line of filters above the runs: when, which data centre, who, which rule, what came of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kdgui.domain.verdicts import Row, Verdict
from kdgui.store.catalogue import Catalogue
from kdgui.store.journal.search import RunChoices, RunDataCentre, RunFilter
from kdgui.store.messages.words import Words
from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.fields import Combo, DateField
from kdgui.ui.widgets.style import em, named

_VERDICTS = (
    *(Verdict.PUSHED, Verdict.FAILED, Verdict.UNSETTLED, Verdict.DRAFTED),
    *(Verdict.SKIPPED, Verdict.NOT_SENT),
)

_RESULTS: tuple[tuple[tuple[Verdict, ...], bool], ...] = (
    ((), False),
    ((Verdict.FAILED, Verdict.UNSETTLED, Verdict.DRAFTED), True),
    ((Verdict.QUEUED, Verdict.SENDING), False),
    *(((verdict,), False) for verdict in _VERDICTS),
)
"""Verdicts, and whether alarms too, by the entries of the last combo."""


class Period(StrEnum):
    """What the clerk chooses from, instead of typing dates."""

    ANY = "any"
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    OWN = "own"


def period_of(
    period: Period, today: date, first: date, last: date
) -> tuple[datetime | None, datetime | None]:
    """From when (inclusive) to when (exclusive), in the time of this computer; `first`, `last` for OWN."""
    starts = {
        Period.TODAY: today,
        Period.WEEK: today - timedelta(days=6),
        Period.MONTH: today - timedelta(days=29),
        Period.OWN: min(first, last),
    }
    if period not in starts:
        return None, None
    end = max(first, last) if period is Period.OWN else today
    return _midnight(starts[period]), _midnight(end + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()


class HistoryFilters(QWidget):
    """Chosen values as a RunFilter.

    Signals:
        changed: another choice.
    """

    changed = Signal()

    def __init__(self, words: Words, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._catalogue = catalogue
        self._make()
        self._lay_out()
        self._on_changed()

    def wanted(self) -> RunFilter:
        """What is chosen now."""
        since, until = period_of(
            Period(self._period.currentData()),
            date.today(),  # noqa: DTZ011 - the day on the clerk's wall
            self._first.date().toPython(),  # type: ignore[arg-type]  # the stubs say object
            self._last.date().toPython(),  # type: ignore[arg-type]
        )
        books: RunDataCentre | None = self._books.currentData()
        verdicts, alarmed = _RESULTS[self._verdict.currentIndex()]
        return RunFilter(
            since=since,
            until=until,
            server=books.server if books else "",
            data_centre_id=books.data_centre_id if books else "",
            user=self._user.currentData() or "",
            rule_id=self._rule.currentData() or "",
            verdicts=verdicts,
            alarmed=alarmed,
        )

    def offer(self, choices: RunChoices) -> None:
        """Offer what the journal's runs were made with; what is chosen stays chosen."""
        names = [books.name for books in choices.books]
        self._fill(
            self._books,
            self.tr("All data centres"),
            [
                (books.name if names.count(books.name) == 1 else f"{books.name} · {books.server}", books)
                for books in choices.books
            ],
        )
        self._fill(self._user, self.tr("Everybody"), [(user, user) for user in choices.users])
        self._fill(
            self._rule, self.tr("All rules"), [(self._rule_name(rule), rule) for rule in choices.rules]
        )

    def clear(self) -> None:
        """Choose everything."""
        for combo in self._combos:
            combo.blockSignals(True)
            combo.setCurrentIndex(0)
            combo.blockSignals(False)
        self._on_changed()

    def _make(self) -> None:
        self._period = self._combo("historyPeriodCombo", self.tr("When"))
        for word, period in (
            (self.tr("Any time"), Period.ANY),
            (self.tr("Today"), Period.TODAY),
            (self.tr("Last 7 days"), Period.WEEK),
            (self.tr("Last 30 days"), Period.MONTH),
            (self.tr("From … to …"), Period.OWN),
        ):
            self._period.addItem(word, period.value)
        self._first = self._day("historyFromEdit", self.tr("First day"))
        self._last = self._day("historyToEdit", self.tr("Last day"))
        self._dash = QLabel("–")
        self._books = self._combo("historyDataCentreCombo", self.tr("Data centre"))
        self._user = self._combo("historyUserCombo", self.tr("User"))
        self._rule = self._combo("historyRuleCombo", self.tr("Conversion rule"))
        self._verdict = self._combo("historyVerdictCombo", self.tr("Result"))
        self._verdict.addItems([self.tr("Any result"), self.tr("To deal with"), self.tr("Not finished")])
        self._verdict.addItems([self._words.verdict(Row("", 0, "", verdict)) for verdict in _VERDICTS])
        self.offer(RunChoices())
        self._clear = push_button("historyClearButton", self.clear, "link")
        say(self._clear, self.tr("Show all"))
        self._combos = (self._period, self._books, self._user, self._rule, self._verdict)
        for combo in self._combos:
            combo.currentIndexChanged.connect(self._on_changed)
        for day in (self._first, self._last):
            day.dateChanged.connect(self._on_changed)

    def _lay_out(self) -> None:
        """Two lines: with long names in them the combos would not fit beside each other on a small screen."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.4))
        above = (self._period, self._first, self._dash, self._last, self._verdict)
        for widgets, last in ((above, None), ((self._books, self._user, self._rule), self._clear)):
            line = QHBoxLayout()
            line.setSpacing(em(self, 0.4))
            for widget in widgets:
                line.addWidget(widget)
            line.addStretch(1)
            if last is not None:
                line.addWidget(last)
            column.addLayout(line)

    def _combo(self, name: str, said: str) -> Combo:
        combo = named(name, Combo())
        combo.setAccessibleName(said)
        combo.setToolTip(said)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMaximumWidth(em(self, 16))
        return combo

    def _day(self, name: str, said: str) -> DateField:
        edit = named(name, DateField())
        edit.setDate(QDate.currentDate())
        edit.setMinimumWidth(edit.fontMetrics().horizontalAdvance("2026-11-23") + em(self, 3.6))
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.setAccessibleName(said)
        edit.setMaximumDate(QDate.currentDate())
        return edit

    def _fill(self, combo: QComboBox, everything: str, entries: list[tuple[str, object]]) -> None:
        chosen = combo.currentData()
        combo.blockSignals(True)
        combo.clear()
        combo.addItem(everything, None)
        for text, value in entries:
            combo.addItem(text, value)
        place = next((place for place, (_, value) in enumerate(entries, start=1) if value == chosen), 0)
        combo.setCurrentIndex(place)
        combo.blockSignals(False)

    def _rule_name(self, rule_id: str) -> str:
        rule = self._catalogue.rule(rule_id)
        return rule.name if rule and rule.name else rule_id

    def _on_changed(self) -> None:
        own = self._period.currentData() == Period.OWN.value
        for widget in (self._first, self._dash, self._last):
            widget.setVisible(own)
        self._clear.setEnabled(any(combo.currentIndex() for combo in self._combos))
        self.changed.emit()
