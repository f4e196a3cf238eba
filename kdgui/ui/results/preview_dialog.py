"""The first bill of a run, pushed alone: what its target looks like, and whether to go on with the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from kdgui.domain.bills import Preview
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import Strip
from kdgui.ui.widgets.number_text import plain_number
from kdgui.ui.widgets.style import Tone, em, mark, named

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words


class PreviewDialog(FittingDialog):
    """Return goes nowhere but to the chosen button; closing the dialog leaves the run waiting.

    Signals:
        go_on_wanted, stop_wanted: the buttons; the dialog is closed then.
    """

    go_on_wanted = Signal()
    stop_wanted = Signal()

    def __init__(
        self,
        preview: Preview,
        source: str,
        others: int,
        words: Callable[[], Words],
        parent: QWidget | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        """`source` is the number that was pushed, `others` how many would follow."""
        super().__init__(parent, ems_wide=30)
        self.setObjectName("previewDialog")
        self.setWindowTitle(self.tr("The first bill"))
        self._preview = preview
        self._words = words()
        self._lay_out(source, others, today())

    def _lay_out(self, source: str, others: int, today: date) -> None:
        heading = plain_label("heading", wrap=True)
        heading.setText(self.tr("Is this target bill right?"))
        made = plain_label("muted", wrap=True)
        number = self._preview.target.label
        made.setText(
            self.tr("{source} was pushed alone and became {target}.").format(source=source, target=number)
        )
        for label in (heading, made):
            self.column.addWidget(label)
        self.column.addWidget(self._facts())
        warning = self._warning(today)
        if warning:
            strip = Strip()
            strip.show_text(warning, Tone.WARN)
            named("previewWarning", strip.label)
            self.column.addWidget(strip)
        advice = plain_label("caption", wrap=True)
        advice.setText(
            self.tr(
                "Open it in Kingdee as well if you are not sure. If something is wrong, stop, delete it there"
                " or under More, and ask whoever keeps the conversion rule."
            )
        )
        self.column.addWidget(advice)
        stop = push_button("previewStopButton", self._stop)
        go_on = push_button("previewGoOnButton", self._go_on, "primary")
        say(stop, self.tr("Stop here"), self.tr("The others are not pushed; they can be later"))
        say(
            go_on,
            self.tr("Right, push the other {n}").format(n=f"{others:,}") if others else self.tr("Right"),
        )
        self.buttons.addStretch(1)
        self.buttons.addWidget(stop)
        self.buttons.addWidget(go_on)
        go_on.setFocus()

    def _facts(self) -> QFrame:
        card = named("previewFacts", QFrame())
        mark(card, role="card")
        grid = QGridLayout(card)
        grid.setContentsMargins(*[em(self, 0.8)] * 4)
        grid.setHorizontalSpacing(em(self, 1))
        grid.setVerticalSpacing(em(self, 0.35))
        grid.setColumnStretch(1, 1)
        for place, (name, value) in enumerate(self.facts()):
            label, text = plain_label("muted"), plain_label(wrap=True)
            label.setText(name)
            text.setText(value)
            font = text.font()
            font.setBold(place < _LOUD)
            text.setFont(font)
            grid.addWidget(label, place, 0)
            grid.addWidget(text, place, 1)
        return card

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Names and values as they are shown; what the form does not tell is left out."""
        seen, target = self._preview, self._preview.target
        amounts = ((self.tr("Quantity"), seen.quantity), (self.tr("Amount"), seen.amount))
        known = (
            (self.tr("Number"), target.label),
            (self.tr("Date"), seen.date),
            (self.tr("Period"), seen.period),
            (self.tr("Organisation"), seen.organisation),
            (self.tr("Status"), self._words.text(f"status.{target.status}") if target.status else ""),
            (self.tr("Lines"), "" if seen.lines is None else f"{seen.lines:,}"),
            *((name, "" if value is None else plain_number(value)) for name, value in amounts),
            *seen.fields,
        )
        return tuple((name, value) for name, value in known if value)

    def _warning(self, today: date) -> str:
        """A period of another month than today's is what clerks look for first."""
        month = self._preview.period or self._preview.date[:7]
        if not month or month == f"{today:%Y-%m}":
            return ""
        told = self.tr("The bill falls into {month}, today is {today}. Is that the period you want?")
        return told.format(month=month, today=today.isoformat())

    def _go_on(self) -> None:
        self.accept()
        self.go_on_wanted.emit()

    def _stop(self) -> None:
        self.accept()
        self.stop_wanted.emit()


_LOUD = 3
"""Number, date and period are what the clerk looks for."""
