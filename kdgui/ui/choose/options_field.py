"""The further options of a push: the button that opens them, their danger in a line, kept for every rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from kdgui.domain.orders import PushOptions
from kdgui.ui.choose.options_dialog import MoreOptions, OptionsDialog
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.style import mark

if TYPE_CHECKING:
    from kdgui.domain.bills import Organisation
    from kdgui.pushing.engine import PushEngine


class OptionsField(QObject):
    """Whoever owns this lays out `button` and `danger`.

    Attributes:
        options: what is chosen now.

    Signals:
        changed: other options.
        troubled: a KdguiError that kept them from being remembered; they hold all the same.
    """

    changed = Signal()
    troubled = Signal(object)

    def __init__(self, engine: PushEngine, owner: QWidget) -> None:
        super().__init__(owner)
        self._engine = engine
        self._owner = owner
        self.options = MoreOptions()
        self.button = push_button("moreOptionsButton", self._ask, "link")
        self.danger = plain_label("caption", wrap=True)
        mark(self.danger, tone="warn")
        self.danger.hide()

    def choose(self, options: PushOptions) -> None:
        """Choose what these say beside rule and target form."""
        self.options = MoreOptions.of(options)
        self._show()

    def recall(self, form_id: str, rule_id: str) -> PushOptions:
        """Take what was chosen with this form and rule last ("" for the default rule); also returned."""
        kept = self._engine.settings.options_of(form_id, rule_id)
        self.options = MoreOptions.of(kept)
        self._show()
        return kept

    def remember(self, form_id: str, options: PushOptions) -> None:
        """Keep what is chosen now for the next time."""
        before = self._engine.settings
        wanted = before.with_options(form_id, options)
        if wanted != before:
            start_job(
                lambda: self._engine.change_settings(wanted),
                self,
                success=lambda _nothing: None,
                failure=self.troubled.emit,
            )

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.danger.setText(self.tr("Drafts are kept when saving fails; each must be dealt with by hand."))
        self._show()

    def _ask(self) -> None:
        dialog = OptionsDialog(self.options, self._organisations(), self._owner.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.offer_drafts(self._engine.refusal_of("draft_on_fail") is None)
        dialog.accepted.connect(lambda: self._take(dialog.options))
        dialog.open()

    def _organisations(self) -> Callable[[], tuple[Organisation, ...]] | None:
        connection = self._engine.connection
        return connection.organisations if connection.signed_in is not None else None

    def _take(self, options: MoreOptions) -> None:
        self.options = options
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        count = self.options.count
        text = self.tr("More options ({n})").format(n=count) if count else self.tr("More options")
        say(self.button, text, self.tr("Target organisation, bill type, drafts, parameters"))
        self.danger.setVisible(self.options.draft_on_fail)
