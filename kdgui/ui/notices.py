"""What the window says above its cards: troubles and their way out, sign-in, late targets, exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Row
from kdgui.ui.exporting import WrittenFile
from kdgui.ui.results.run_digest import targets_text
from kdgui.ui.widgets.account_words import organisation_words
from kdgui.ui.widgets.message_bar import MessageBar, told
from kdgui.ui.widgets.style import Tone

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words

_MOST_NAMED = 5
_SIGNED_OUT = frozenset({"not_signed_in", "session_lost", "session_refused"})
"""Troubles that a new sign-in cures."""


class Notices(QObject):
    """Puts sentences into the message bar, each under a key, so that none is there twice.

    Signals:
        sign_in_wanted: the way out of being signed out.
        run_wanted: the id of a run to show.
    """

    sign_in_wanted = Signal()
    run_wanted = Signal(str)

    def __init__(self, bar: MessageBar, words: Callable[[], Words], parent: QObject) -> None:
        super().__init__(parent)
        self._bar = bar
        self._words = words

    def trouble(self, error: KdguiError) -> None:
        """What went wrong, with a way out where there is one."""
        text = told(self._words().error(error))
        if error.code in _SIGNED_OUT:
            self._offer_sign_in(text, self.tr("Sign in again"), Tone.WARN)
        else:
            self._bar.tell(error.code, text, Tone.BAD)

    def sign_in_state(self, engine: PushEngine) -> None:
        """Whether somebody is signed in, in the organisation remembered, and whether the secret was kept."""
        for key in ("session", "keyring", "organisation", "switch", "signature"):
            self._bar.drop(key)
        if engine.connection.signed_in is None:
            text = self.tr("Not signed in. What is pasted and typed here stays.")
            self._offer_sign_in(text, self.tr("Sign in"), Tone.INFO)
            return
        if engine.connection.organisation_trouble is not None:
            self._tell_of_organisation(engine.connection.organisation_trouble, organisation_words(engine))
        if engine.connection.signed_in.old_signature:
            text = self.tr(
                "Signed in, but this server ({version}) takes signatures in the old way only (SHA-1)."
                "\nAsk the administrator to bring Kingdee to PT-146911 or later."
            )
            version = engine.connection.signed_in.version or self.tr("version not told")
            self._bar.tell("signature", text.format(version=version), Tone.WARN)
        if engine.connection.keyring_trouble is not None:
            self._bar.tell("keyring", told(self._words().error(engine.connection.keyring_trouble)), Tone.WARN)

    def _tell_of_organisation(self, trouble: KdguiError, here: str) -> None:
        """Bills would be pushed in another organisation than last time: nobody may overlook that."""
        text = self.tr("Organisation {wanted}, used last time, was refused at the sign-in. Now in: {here}.")
        wanted = trouble.values.get("organisation", "")
        lines = [text.format(wanted=wanted, here=here or self.tr("this user's default"))]
        if trouble.detail:
            lines.append(self.tr("In its own words: {said}").format(said=trouble.detail))
        self._bar.tell("organisation", "\n".join(lines), Tone.WARN)

    def switched(self) -> None:
        """The clerk chose an organisation herself: where she began is old news."""
        self._bar.drop("organisation")

    def run_goes_on(self) -> None:
        """Why nobody can sign in elsewhere now."""
        text = self.tr("A run goes on. Stop it or let it end, then sign in elsewhere.")
        self._bar.tell("switch", text, Tone.WARN)

    def late(self, rows: Sequence[Row]) -> None:
        """Targets of earlier runs that turned up after all."""
        named = [f"{row.number} → {targets_text(row.targets)}" for row in rows[:_MOST_NAMED]]
        text = self.tr("Turned up late, from an earlier run: {bills}").format(bills=self.tr(", ").join(named))
        more = " …" if len(rows) > _MOST_NAMED else ""
        show = partial(self.run_wanted.emit, rows[0].run_id)
        self._bar.tell("late", text + more, Tone.WARN, action=self.tr("Show"), on_action=show)

    def settling(self, goes_on: bool) -> None:
        """The server is asked about what earlier runs left open."""
        if goes_on:
            text = self.tr("Asking Kingdee about bills whose fate is open…")
            self._bar.tell("settling", text, Tone.INFO)
        else:
            self._bar.drop("settling")

    def done(self, text: str) -> None:
        """Something small went well."""
        self._bar.tell("told", text, Tone.OK)

    def exported(self, written: WrittenFile) -> None:
        """A file was written, perhaps beside the one that was asked for."""
        tone = Tone.OK if written.path == written.wanted else Tone.WARN
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(written.path.parent)))
        self._bar.tell("told", written.text(), tone, action=self.tr("Open folder"), on_action=show)

    def half_done(self, count: int, show: Callable[[], object]) -> None:
        """So many targets of earlier runs were to be submitted or approved and are not; 0 for none."""
        self._bar.drop("chains")
        if count:
            text = self.tr("Not finished: {n} target bills still miss their submit or approval.")
            look = self.tr("Look…")
            self._bar.tell("chains", text.format(n=count), Tone.WARN, action=look, on_action=show)

    def nothing_left(self) -> None:
        """The check before a push ruled out every row."""
        text = self.tr("Nothing to push: the check ruled out every row. The grid says why, row by row.")
        self._bar.tell("told", text, Tone.WARN)

    def closing(self, text: str) -> None:
        """What the closing window waits for."""
        self._bar.tell("closing", text, Tone.INFO)

    def practice(self, fill: Callable[[], object]) -> None:
        """These are practice books; `fill` puts bills to practise on into the grid."""
        text = self.tr("The practice account: made-up books on this computer. Push whatever you like.")
        fill_in = self.tr("Fill in practice bills")
        self._bar.tell("practice", text, Tone.INFO, action=fill_in, on_action=fill)

    def practised(self) -> None:
        """There are bills now; or these are no practice books."""
        self._bar.drop("practice")

    def welcome(self) -> None:
        """The first page says itself that nobody is signed in."""
        self._bar.drop("session")

    def run_began(self) -> None:
        """What was said about the last one is old news."""
        self._bar.drop("told")

    def _offer_sign_in(self, text: str, word: str, tone: Tone) -> None:
        self._bar.tell("session", text, tone, action=word, on_action=self.sign_in_wanted.emit)
