"""The department's records: the journal's runs and the colleagues', as one list and one search."""

from __future__ import annotations

from collections.abc import Sequence

from kdgui.domain.errors import LedgerTrouble
from kdgui.domain.verdicts import Row, RunInfo
from kdgui.pushing.team.link import TeamLink
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.search import (
    MOST_HITS,
    NumberHits,
    RunChoices,
    RunDataCentre,
    RunFilter,
    RunPage,
)


class TeamRecords:
    """What was done here and by colleagues. Blocks. Raises JournalTrouble.

    A ledger that is not reached leaves the journal's own runs; `trouble` says so.
    """

    def __init__(self, journal: Journal, team: TeamLink) -> None:
        self._journal = journal
        self._team = team
        self.trouble: LedgerTrouble | None = None
        """Why the last question was answered without the colleagues' runs, or None."""

    def find_runs(self, wanted: RunFilter, limit: int, shown: Sequence[RunInfo] = ()) -> RunPage:
        """The wanted runs after those `shown`, the newest first, at most `limit`; and how many in all."""
        own = next((run.run_id for run in reversed(shown) if not run.pc), None)
        colleague = next((run for run in reversed(shown) if run.pc), None)
        pages = [self._journal.find_runs(wanted, limit, own)]
        try:
            self.trouble = None
            history = self._team.history()
            if history is not None:
                pages.append(history.find_runs(wanted, limit, colleague))
        except LedgerTrouble as trouble:
            self.trouble = trouble
        runs = sorted((run for page in pages for run in page.runs), key=_began, reverse=True)
        return RunPage(tuple(runs[:limit]), sum(page.total for page in pages))

    def run_choices(self) -> RunChoices:
        """The data centres, users and rules that runs were made with."""
        own = self._journal.run_choices()
        try:
            history = self._team.history()
            theirs = history.choices() if history is not None else RunChoices()
        except LedgerTrouble:
            return own
        books: dict[tuple[str, str], RunDataCentre] = {}
        for book in (*own.books, *theirs.books):
            books.setdefault((book.server.casefold(), book.data_centre_id.casefold()), book)
        users = {user.casefold(): user for user in (*theirs.users, *own.users)}
        rules = {rule.casefold(): rule for rule in (*theirs.rules, *own.rules)}
        return RunChoices(tuple(books.values()), tuple(users.values()), tuple(rules.values()))

    def find_number(self, text: str) -> NumberHits:
        """What became of a bill in every run; the exact ones alone where there are any."""
        own = self._journal.find_number(text)
        try:
            self.trouble = None
            history = self._team.history()
            theirs = history.find_number(text) if history is not None else NumberHits()
        except LedgerTrouble as trouble:
            self.trouble = trouble
            return own
        exact = own.exact or theirs.exact
        hits = [hit for part in (own, theirs) if part.exact == exact for hit in part.found]
        hits.sort(key=lambda hit: (_began(hit.run), -hit.row.position), reverse=True)
        return NumberHits(tuple(hits[:MOST_HITS]), exact, own.more or theirs.more or len(hits) > MOST_HITS)

    def rows(self, run: RunInfo) -> tuple[Row, ...]:
        """The rows of a run. Raises LedgerTrouble for a colleague's where the ledger is not reached."""
        if not run.pc:
            return self._journal.rows(run.run_id)
        history = self._team.history()
        return history.rows(run.run_id) if history is not None else ()


def _began(run: RunInfo) -> float:
    return run.started_at.timestamp()
