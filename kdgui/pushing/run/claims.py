"""Claims of one run: the bills of a block are taken after the guard and before the intent, or left out.

First in the journal, among the programs of this data folder; then in the team's ledger, where there is one.
Nothing is given back here: a claim ends with the verdict of its row, see `ClaimJournal` and `Publication`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kdgui.domain.claims import BillKey, Claim, ClaimResult, ClaimState, Holder
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.run.guard import Candidate, Refused
from kdgui.store.journal.claims import ClaimJournal

FRESH_SECONDS = 60.0
"""How long after its claim a bill may be sent: far less than the silence after which others settle it."""

Moment = tuple[float, float]


class TeamClaims(Protocol):
    """Claims of one run in the team's ledger. Every method raises LedgerTrouble."""

    def look(self, keys: Sequence[BillKey]) -> Mapping[BillKey, ClaimState]:
        """How these bills stand for this run."""

    def take(
        self, claims: Sequence[Claim], looked: Mapping[BillKey, ClaimState], evidence: Mapping[BillKey, str]
    ) -> ClaimResult:
        """Claim these bills, with what settling needs of each."""

    def evidence(self, bill: ClaimedBill) -> str:
        """What settling needs, as JSON text."""

    def ping(self) -> None:
        """Whether the ledger is there."""


@dataclass(frozen=True, slots=True)
class ClaimedBill:
    """One bill about to be sent, as settling needs it; see `ClaimEvidence`."""

    bill_id: str
    number: str
    snapshot: tuple[str, ...]
    merged_with: tuple[str, ...]
    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """How the bills of a block stood before the server was asked about their targets."""

    journal: Mapping[BillKey, ClaimState]
    team: Mapping[BillKey, ClaimState]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the claims of a block.

    Attributes:
        clear: ours now; they may be sent.
        refused: somebody else's, or pushed by a colleague before.
        again: free, but somebody had them meanwhile: to be guarded anew.
    """

    clear: tuple[Candidate, ...]
    refused: tuple[Refused, ...]
    again: tuple[Candidate, ...]


class RunClaims:
    """The claims of one run. Used from the run's thread.

    Raises JournalTrouble and LedgerTrouble: then nothing of the block may be sent.
    """

    def __init__(
        self,
        journal: ClaimJournal,
        team: TeamClaims | None,
        order: RunOrder,
        *,
        run_id: str,
        data_centre_id: str,
        moment: Callable[[], Moment] = lambda: (time.monotonic(), time.time()),
    ) -> None:
        self._journal = journal
        self._team = team
        self._order = order
        self._run_id = run_id
        self._data_centre_id = data_centre_id
        self._moment = moment
        self._taken_at: Moment | None = None

    @property
    def fresh(self) -> bool:
        """Whether what was taken last is certainly still ours: a PC that slept may have been given up."""
        if self._team is None or self._taken_at is None:
            return True
        steady, wall = self._moment()
        return steady - self._taken_at[0] < FRESH_SECONDS and abs(wall - self._taken_at[1]) < FRESH_SECONDS

    def ping(self) -> None:
        """Raises LedgerTrouble while the team's ledger is not there."""
        if self._team is not None:
            self._team.ping()

    def look(self, candidates: Sequence[Candidate]) -> Looked:
        """How these bills stand; to be asked before the server is asked about their targets."""
        keys = [self._key(candidate) for candidate in candidates]
        if not keys:
            return Looked({}, {})
        journal = self._journal.look(keys, self._run_id)
        return Looked(journal, self._team.look(keys) if self._team is not None else {})

    def objections(self, candidates: Sequence[Candidate], sight: LookupResult) -> list[Refused]:
        """Those that somebody holds now, or that a colleague has pushed; nothing is claimed."""
        looked = self.look(candidates)
        wanted = {self._key(candidate): candidate for candidate in candidates}
        reasons = self._pushed_by_colleagues(wanted, looked, sight)
        for states in (looked.team, looked.journal):
            reasons |= {
                key: held_by(state.holder) for key, state in states.items() if state.holder is not None
            }
        return [
            Refused(wanted[key].row, reason, bill_id=wanted[key].bill.id) for key, reason in reasons.items()
        ]

    def take(self, candidates: Sequence[Candidate], looked: Looked, sight: LookupResult) -> Taken:
        """Claim these bills: all, or what is free."""
        wanted = {self._key(candidate): candidate for candidate in candidates}
        if not wanted:
            return Taken((), (), ())
        begun = self._moment()
        earlier = self._pushed_by_colleagues(wanted, looked, sight)
        claims = [self._claim(key, wanted[key]) for key in wanted if key not in earlier]
        result = self._journal.take(claims, looked.journal, self._run_id)
        held, changed = dict(result.held), set(result.changed)
        if self._team is not None:
            free = [claim for claim in claims if claim.key not in held and claim.key not in changed]
            evidence = self._evidence([wanted[claim.key] for claim in free], sight)
            theirs = self._team.take(free, looked.team, evidence)
            held |= theirs.held
            changed |= theirs.changed
        self._taken_at = begun
        refused = [
            Refused(wanted[key].row, held_by(holder), bill_id=wanted[key].bill.id)
            for key, holder in held.items()
        ]
        refused += [
            Refused(wanted[key].row, reason, bill_id=wanted[key].bill.id) for key, reason in earlier.items()
        ]
        ours = wanted.keys() - held.keys() - changed - earlier.keys()
        return Taken(
            tuple(candidate for key, candidate in wanted.items() if key in ours),
            tuple(refused),
            tuple(candidate for key, candidate in wanted.items() if key in changed),
        )

    def _key(self, candidate: Candidate) -> BillKey:
        order = self._order
        return BillKey(self._data_centre_id, order.form_id, candidate.bill.id, order.options.target_form)

    def _claim(self, key: BillKey, candidate: Candidate) -> Claim:
        return Claim(
            key, self._run_id, candidate.row.position, candidate.bill.number, self._order.options.rule_id
        )

    def _evidence(self, candidates: Sequence[Candidate], sight: LookupResult) -> dict[BillKey, str]:
        if self._team is None:
            return {}
        together = tuple(candidate.bill.id for candidate in candidates) if self._order.merged else ()
        return {
            self._key(candidate): self._team.evidence(
                ClaimedBill(
                    candidate.bill.id,
                    candidate.bill.number,
                    tuple(target.bill.id for target in sight.of(candidate.bill.id)),
                    together if len(together) > 1 else (),
                    candidate.entry_ids,
                )
            )
            for candidate in candidates
        }

    def _pushed_by_colleagues(
        self, wanted: Mapping[BillKey, Candidate], looked: Looked, sight: LookupResult
    ) -> dict[BillKey, Reason]:
        """What a colleague has pushed by this rule and the server does not show any more."""
        if self._order.again:
            return {}
        rule = self._order.options.rule_id.casefold()
        found = {}
        for key, candidate in wanted.items():
            state = looked.team.get(key)
            earlier = state.earlier if state is not None else None
            insisted = candidate.row.position in self._order.insisted
            if earlier is None or insisted or earlier.rule_id.casefold() != rule or sight.of(key.bill_id):
                continue
            found[key] = Reason.of(
                "already_colleague",
                who=earlier.user,
                pc=earlier.pc,
                since=when(earlier.at),
                numbers=", ".join(earlier.numbers),
            )
        return found


def held_by(holder: Holder) -> Reason:
    """Why a bill is left out that somebody else holds."""
    facts = {"who": holder.user, "pc": holder.pc, "since": when(holder.since)}
    if holder.here:
        code = "held_here_unsettled" if holder.unsettled else "held_here"
    elif holder.silent:
        code = "held_silent"
    else:
        code = "held_unsettled" if holder.unsettled else "held"
    return Reason(code, tuple(facts.items()))


def when(at: datetime | None) -> str:
    """A moment as the clerk's wall clock shows it; "" for none."""
    return at.astimezone().strftime("%m-%d %H:%M") if at is not None else ""
