"""Before a run: whether the clerk must be asked, with which facts, and the run once she said yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kdgui.domain.accounts import DataCentreKey
from kdgui.domain.bills import Preview
from kdgui.domain.errors import KdguiError
from kdgui.domain.orders import RunOrder
from kdgui.domain.rules import same_form
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.results.row_actions import RowActions
from kdgui.ui.run.confirm_dialog import TYPED_ABOVE, ConfirmDialog, Question
from kdgui.ui.widgets.account_words import data_centre_words, profile_tone
from kdgui.ui.widgets.style import Tone

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.fill_check import FillProblem
    from kdgui.store.messages.words import Words
from kdgui.ui.widgets.account_words import organisation_words

T = TypeVar("T")
_MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class PushSummary:
    """What is to be pushed, as the check just before it saw it.

    Attributes:
        ready: rows that will be pushed.
        first_one: the clerk wants to look at one bill alone first.
        ruled_out: rows that the button counted and the check ruled out.
        marks: words of the check and how many rows carry each.
        pushed_before: rows left out because they have targets already; again: pushed all the same.
        unfillable: what cannot be filled in on the targets; these bills are not pushed.
    """

    ready: int
    first_one: bool = False
    ruled_out: int = 0
    marks: tuple[tuple[str, int], ...] = ()
    pushed_before: int = 0
    again: int = 0
    unfillable: tuple[FillProblem, ...] = ()


class PushConfirmation(QObject):
    """Asks where design section 5 says so: production always, pushing again everywhere.

    Signals:
        confirmed: the RunOrder to run.
        continuing: the id of the run whose unsent rest is to be pushed.
        troubled: a KdguiError; nothing is run then.
    """

    confirmed = Signal(object)
    continuing = Signal(str)
    troubled = Signal(object)

    def __init__(self, engine: PushEngine, words: Callable[[], Words], window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._words = words
        self._window = window
        self._asking = False
        self._dates: dict[str, str] = {}

    @property
    def _production(self) -> bool:
        return self._engine.connection.profile is None or self._engine.connection.profile.production

    @property
    def _tone(self) -> Tone:
        profile = self._engine.connection.profile
        return profile_tone(profile) if profile is not None else Tone.BAD

    # The ways to begin; while one is being asked about, another press changes nothing

    def ask_run(self, order: RunOrder, account: PushSummary) -> None:
        """A run of what is in the grid; one bill goes alone first where this rule was never used here."""

        def ask(first: bool) -> None:
            alone = account.first_one or (first and len(order.numbers) > 1)
            wanted = replace(order, first_one=alone)
            if self._production or account.again or account.ruled_out or account.unfillable:
                question = self._run_question(wanted, account, first)
                self._open(question, lambda _with_extra: self.confirmed.emit(wanted))
            else:
                self.confirmed.emit(wanted)

        self._look_up(lambda: is_first(order, self._engine), ask)

    def remember(self, preview: Preview) -> None:
        """What date targets get, as one of them just showed; told in later questions about that form."""
        self._dates[preview.target.form_id.casefold()] = preview.date

    def ask_continue(self, unsent: Sequence[Row]) -> None:
        """The rest of a run that was stopped or cut off."""
        if not unsent:
            return
        run_id = unsent[0].run_id

        def ask(order: RunOrder) -> None:
            question = self._run_question(order, PushSummary(len(unsent)), first=False)
            self._open(question, lambda _with_extra: self.continuing.emit(run_id))

        if self._production:
            self._look_up(lambda: self._order_of(run_id), ask)
        else:
            self.continuing.emit(run_id)

    def ask_retry(self, offers: RowActions) -> None:
        """Once more what failed; presumed failures only where the clerk ticks them."""
        rows = offers.failed or offers.presumed
        if rows:
            run_id = rows[0].run_id
            self._look_up(lambda: self._order_of(run_id), lambda order: self._retry(order, offers))

    def ask_again(self, rows: Sequence[Row]) -> None:
        """Once more what has targets already; the count is always typed."""
        if rows:
            run_id = rows[0].run_id
            self._look_up(lambda: self._order_of(run_id), lambda order: self._again(order, rows))

    def _retry(self, order: RunOrder, offers: RowActions) -> None:
        def retry(with_presumed: bool) -> None:
            rows = (*offers.failed, *offers.presumed) if with_presumed else offers.failed
            self.confirmed.emit(order.only([row.position for row in rows]))

        if self._production or offers.presumed:
            self._open(self._retry_question(order, offers), retry)
        else:
            retry(with_presumed=False)

    def _again(self, order: RunOrder, rows: Sequence[Row]) -> None:
        wanted = replace(order.only([row.position for row in rows]), again=True)
        self._open(self._again_question(order, len(rows)), lambda _with_extra: self.confirmed.emit(wanted))

    # Questions

    def _retry_question(self, order: RunOrder, offers: RowActions) -> Question:
        count, presumed = len(offers.failed), len(offers.presumed)
        extra = self.tr("also the {n} of which Kingdee held nothing when asked")
        return Question(
            title=self.tr("Retry the {n} failed?").format(n=count),
            facts=self._facts(order, count),
            go=self.tr("Retry"),
            count=count,
            production=self._production,
            tone=self._tone,
            typed=self._production and count > TYPED_ABOVE,
            extra=presumed,
            extra_text=extra.format(n=presumed),
        )

    def _again_question(self, order: RunOrder, count: int) -> Question:
        return Question(
            title=self.tr("Push {n} again?").format(n=count),
            facts=self._facts(order, count),
            go=self.tr("Push again"),
            count=count,
            production=self._production,
            tone=self._tone,
            warning=self.tr(
                "These have target bills by this rule already."
                " Right for part deliveries; anything else doubles them."
            ),
            typed=True,
        )

    def _run_question(self, order: RunOrder, account: PushSummary, first: bool) -> Question:
        ready = account.ready
        title = self.tr("Push {n} in a production data centre?") if self._production else self.tr("Push {n}?")
        facts = [*self._facts(order, ready), (self.tr("How"), self._how(order))]
        if account.marks:
            told = self.tr(", ").join(f"{word} {count:,}" for word, count in account.marks)
            facts.append((self.tr("The check says"), told))
        return Question(
            title=title.format(n=f"{ready:,}"),
            facts=tuple(facts),
            go=self.tr("Push {n}").format(n=f"{ready:,}"),
            count=ready,
            production=self._production,
            tone=self._tone,
            warning=self._run_warning(order, account, first),
            typed=account.again > 0 or (self._production and (first or ready > TYPED_ABOVE)),
        )

    def _run_warning(self, order: RunOrder, account: PushSummary, first: bool) -> str:
        sentences = []
        if account.ruled_out:
            told = self.tr("{n} fewer than the button said: the check ruled them out. Each row says why.")
            sentences.append(told.format(n=f"{account.ruled_out:,}"))
        if account.unfillable:
            sentences += self._unfillable(account.unfillable)
        if account.again:
            told = self.tr(
                "{n} of these have target bills by this rule already."
                " Right for part deliveries; anything else doubles them."
            )
            sentences.append(told.format(n=f"{account.again:,}"))
        if first:
            sentences.append(self.tr("This rule has not been used in this data centre from this PC before."))
        if order.options.draft_on_fail:
            sentences.append(self.tr("Drafts are kept where saving fails; each must be dealt with by hand."))
        if order.then == "audit":
            sentences.append(self.tr("The target bills are submitted and approved at once."))
        return "\n".join(sentences)

    def _unfillable(self, problems: Sequence[FillProblem]) -> list[str]:
        """Why some bills are left out: their values cannot be filled in; the first few, and how many more."""
        count = len({problem.number for problem in problems})
        lines = [self.tr("{n} bills are not pushed: their values cannot be filled in.").format(n=count)]
        words = self._words()
        lines += [
            f"{problem.number}　{words.reason(problem.reason)}" for problem in problems[:_MOST_PROBLEMS]
        ]
        if len(problems) > _MOST_PROBLEMS:
            more = self.tr("and {n} more; the results say all of them")
            lines.append(more.format(n=len(problems) - _MOST_PROBLEMS))
        return lines

    def _how(self, order: RunOrder) -> str:
        """One by one or merged, what comes first and what after, in one line."""
        if order.merged:
            parts = [self.tr("merged, up to {n} bills together").format(n=f"{order.block:,}")]
        else:
            parts = [self.tr("one by one")]
        if order.first_one:
            parts.insert(0, self.tr("one bill alone first, for you to look at"))
        if order.fill_rows:
            parts.append(self.tr("then fill in"))
        after = {"submit": self.tr("then submit"), "audit": self.tr("then submit and approve")}
        if order.then in after:
            parts.append(after[order.then])
        return self.tr(", ").join(parts)

    def _facts(self, order: RunOrder, count: int) -> tuple[tuple[str, str], ...]:
        profile, signed_in, options = (
            self._engine.connection.profile,
            self._engine.connection.signed_in,
            order.options,
        )
        facts = (
            (self.tr("Data centre"), data_centre_words(profile, self._words()) if profile else ""),
            (self.tr("Organisation"), organisation_words(self._engine)),
            (self.tr("User"), (signed_in.user if signed_in else "") or (profile.user if profile else "")),
            (self.tr("Form"), self._form(order.form_id)),
            (self.tr("Rule"), self._rule(options.rule_id) or self.tr("The server's default rule")),
            (self.tr("Target"), self._form(options.target_form)),
            (self.tr("Date of the targets"), self._date(order)),
            (self.tr("Bills"), f"{count:,}"),
        )
        return tuple((name, value) for name, value in facts if value)

    def _date(self, order: RunOrder) -> str:
        date = self._dates.get(order.options.target_form.casefold(), "")
        return self.tr("{date}, as the last one looked at").format(date=date) if date else ""

    def _form(self, form_id: str) -> str:
        form = self._engine.catalogue.form(form_id)
        return f"{form.name(self._words().language)}　{form_id}" if form else form_id

    def _rule(self, rule_id: str) -> str:
        rule = self._engine.catalogue.rule(rule_id)
        return f"{rule.name}　{rule_id}" if rule and rule.name else rule_id

    # Asking

    def _order_of(self, run_id: str) -> RunOrder:
        """The order of that run: what comes after it uses its rule, whatever is chosen now. Blocks."""
        return replace(self._engine.journal.order(run_id), came_from=run_id, again=False)

    def _look_up(self, look: Callable[[], T], then: Callable[[T], None]) -> None:
        if self._asking:
            return
        self._asking = True
        start_job(look, self, success=then, failure=self.troubled.emit, finished=self._looked_up)

    def _looked_up(self) -> None:
        self._asking = False

    def _open(self, question: Question, on_yes: Callable[[bool], None]) -> None:
        dialog = ConfirmDialog(question, self._window)
        dialog.accepted.connect(lambda: on_yes(dialog.with_extra))
        dialog.open()


def is_first(order: RunOrder, engine: PushEngine) -> bool:
    """Whether nothing was ever pushed by this rule in this data centre. Blocks. Raises KdguiError."""
    profile = engine.connection.profile
    if profile is None:
        raise KdguiError("not_signed_in")

    def same(info: RunInfo) -> bool:
        here = DataCentreKey.of(info) == DataCentreKey.of(profile)
        return here and same_form(info.form_id, order.form_id) and info.rule_id == order.options.rule_id

    return not any(same(info) and info.count(Verdict.PUSHED) for info in engine.journal.runs())
