"""Claims in the ledger: several PCs never push one bill at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from kdgui.domain.claims import BillKey, Claim, ClaimResult, ClaimState, EarlierPush, Holder
from kdgui.domain.verdicts import Verdict
from kdgui.store.ledger.ledger import SILENT_MS, Ledger, Station, clock, moment
from kdgui.store.ledger.tables import CLAIMS, STATIONS, EpochMs

_UNHELD = ClaimState()
_STATE = (
    CLAIMS.c.bill_key, CLAIMS.c.generation, CLAIMS.c.held, CLAIMS.c.verdict, CLAIMS.c.instance,
    CLAIMS.c.run_id, CLAIMS.c.place, CLAIMS.c.home, CLAIMS.c.user_name, CLAIMS.c.pc, CLAIMS.c.rule_id,
    CLAIMS.c.targets, CLAIMS.c.taken_at, CLAIMS.c.changed_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """A claim as it stands in the ledger, of whichever PC.

    Attributes:
        owner: program, run and place of the row that holds it.
        home: the data folder of that program.
    """

    bill_key: str
    owner: tuple[str, str, int]
    home: str
    generation: int


class LedgerClaims:
    """Claims of one program. Every method is one transaction. Raises LedgerTrouble."""

    def __init__(self, ledger: Ledger, station: Station) -> None:
        self._ledger = ledger
        self._station = station

    def look(
        self, keys: Sequence[BillKey], run_id: str
    ) -> tuple[dict[BillKey, ClaimState], dict[BillKey, HeldClaim]]:
        """How these bills stand for rows of the run, and the claims of this very data folder among them."""
        return self._ledger.database.transaction(lambda connection: self._states(connection, keys, run_id))

    def take(
        self,
        claims: Sequence[Claim],
        looked: Mapping[BillKey, ClaimState],
        run_id: str,
        *,
        user: str,
        data_centre_id: str,
        released: frozenset[BillKey] = frozenset(),
    ) -> ClaimResult:
        """Claim these bills for rows of the run, all that nobody has had since they were `looked` at.

        `released` are those that an earlier row of this data folder holds in the ledger, and no more in the
        journal: the ledger has not heard of its end yet. That this program is there is said as well.
        """
        seen = {
            claim.key: holder
            for claim in claims
            if claim.key not in released and (holder := looked.get(claim.key, _UNHELD).holder) is not None
        }  # whoever held it may have pushed it since it was looked at
        ordered = sorted(  # everybody locks in the same order
            (claim for claim in claims if claim.key not in seen), key=lambda claim: claim.key.text
        )

        def work(connection: Connection) -> ClaimResult:
            new = [claim for claim in ordered if looked.get(claim.key, _UNHELD).generation == 0]
            known = [claim for claim in ordered if looked.get(claim.key, _UNHELD).generation > 0]
            values = [self._values(claim, user, data_centre_id) for claim in new]
            _insert(connection, values)
            for claim in known:
                self._take_known(
                    connection, claim, looked[claim.key], self._values(claim, user, data_centre_id), released
                )
            connection.execute(
                update(STATIONS)
                .where(STATIONS.c.instance == self._station.instance)
                .values(seen_at=EpochMs())
            )
            return self._result(connection, ordered, run_id)

        result = self._ledger.database.transaction(work) if ordered else ClaimResult()
        return ClaimResult({**result.held, **seen}, result.changed)

    def held_here(self) -> tuple[HeldClaim, ...]:
        """What the ledger holds for this data folder, of this program and of earlier ones."""

        def work(connection: Connection) -> tuple[HeldClaim, ...]:
            found = connection.execute(
                select(*_STATE).where(CLAIMS.c.held == 1, CLAIMS.c.home == self._station.home)
            )
            return tuple(map(_held, found.mappings()))

        return self._ledger.database.transaction(work)

    def release(self, claims: Iterable[HeldClaim], verdict: str) -> None:
        """These bills were not sent, or it is known what became of them: they are free."""
        wanted = list(claims)

        def work(connection: Connection) -> None:
            for claim in sorted(wanted, key=lambda claim: claim.bill_key):
                instance, run_id, place = claim.owner
                connection.execute(
                    update(CLAIMS)
                    .where(
                        CLAIMS.c.bill_key == claim.bill_key,
                        CLAIMS.c.instance == instance,
                        CLAIMS.c.run_id == run_id,
                        CLAIMS.c.place == place,
                    )
                    .values(held=0, verdict=verdict, changed_at=EpochMs())
                )

        if wanted:
            self._ledger.database.transaction(work)

    # -- inside ------------------------------------------------------------------------------------

    def _values(self, claim: Claim, user: str, data_centre_id: str) -> dict[str, Any]:
        station = self._station
        return {
            "bill_key": claim.key.text,
            "generation": 1,
            "held": 1,
            "verdict": Verdict.SENDING.value,
            "instance": station.instance,
            "run_id": claim.run_id,
            "place": claim.position,
            "home": station.home,
            "user_name": clean(user, 100),
            "pc": clean(station.pc, 100),
            "centre": clean(data_centre_id.casefold(), 100),
            "rule_id": clean(claim.rule_id, 200),
            "number": clean(claim.number, 200),
            "targets": "",
            "taken_at": EpochMs(),
            "changed_at": EpochMs(),
            "evidence": claim.evidence,
        }

    def _take_known(
        self,
        connection: Connection,
        claim: Claim,
        looked: ClaimState,
        values: Mapping[str, Any],
        released: frozenset[BillKey],
    ) -> None:
        mine = and_(
            CLAIMS.c.instance == self._station.instance,
            CLAIMS.c.run_id == claim.run_id,
            CLAIMS.c.place == claim.position,
        )
        free = [CLAIMS.c.held == 0, mine]
        if claim.key in released:
            free.append(CLAIMS.c.home == self._station.home)
        connection.execute(
            update(CLAIMS)
            .where(CLAIMS.c.bill_key == claim.key.text, CLAIMS.c.generation == looked.generation, or_(*free))
            .values({**values, "generation": looked.generation + 1})
        )

    def _result(self, connection: Connection, claims: Sequence[Claim], run_id: str) -> ClaimResult:
        """Who holds each now: we, somebody else, or nobody any more."""
        states, _ = self._states(connection, [claim.key for claim in claims], run_id)
        mine = self._owned(connection, claims)
        held: dict[BillKey, Holder] = {}
        changed = set()
        for claim in claims:
            holder = states[claim.key].holder
            if claim.key in mine:
                continue
            if holder is not None:
                held[claim.key] = holder
            else:
                changed.add(claim.key)
        return ClaimResult(held, frozenset(changed))

    def _owned(self, connection: Connection, claims: Sequence[Claim]) -> set[BillKey]:
        by_text = {claim.key.text: claim for claim in claims}
        found = connection.execute(
            select(CLAIMS.c.bill_key, CLAIMS.c.run_id, CLAIMS.c.place).where(
                CLAIMS.c.bill_key.in_(list(by_text)),
                CLAIMS.c.held == 1,
                CLAIMS.c.instance == self._station.instance,
            )
        )
        return {
            by_text[key].key
            for key, run_id, place in found
            if (run_id, place) == (by_text[key].run_id, by_text[key].position)
        }

    def _states(
        self, connection: Connection, keys: Sequence[BillKey], run_id: str
    ) -> tuple[dict[BillKey, ClaimState], dict[BillKey, HeldClaim]]:
        by_text = {key.text: key for key in keys}
        records = (
            connection.execute(select(*_STATE).where(CLAIMS.c.bill_key.in_(list(by_text)))).mappings().all()
        )
        foreign = {record["home"] for record in records if record["held"]} - {self._station.home}
        silent = silent_homes(connection, foreign)
        states = dict.fromkeys(keys, _UNHELD)
        here: dict[BillKey, HeldClaim] = {}
        for record in records:
            key = by_text[record["bill_key"]]
            mine = record["instance"] == self._station.instance and record["run_id"] == run_id
            holder = None if mine or not record["held"] else self._holder(record, silent)
            earlier = None if record["held"] else self._earlier(record)
            states[key] = ClaimState(record["generation"], holder, earlier)
            if holder is not None and record["home"] == self._station.home:
                here[key] = _held(record)
        return states, here

    def _holder(self, record: RowMapping, silent: frozenset[str]) -> Holder:
        return Holder(
            record["user_name"],
            record["pc"],
            moment(record["taken_at"]),
            unsettled=record["verdict"] == Verdict.UNSETTLED or record["home"] in silent,
            here=record["home"] == self._station.home,
            silent=record["home"] in silent,
        )

    def _earlier(self, record: RowMapping) -> EarlierPush | None:
        if record["verdict"] not in (Verdict.PUSHED, Verdict.DRAFTED) or record["home"] == self._station.home:
            return None
        numbers = tuple(record["targets"].split("\n")) if record["targets"] else ()
        return EarlierPush(
            record["rule_id"], record["user_name"], record["pc"], moment(record["changed_at"]), numbers
        )


def silent_homes(connection: Connection, homes: Iterable[str]) -> frozenset[str]:
    """Those of these data folders from which nothing was heard for `SILENT_MS`."""
    wanted = sorted(homes)
    if not wanted:
        return frozenset()
    since = clock(connection) - SILENT_MS
    found = connection.execute(
        select(STATIONS.c.home, func.max(STATIONS.c.seen_at))
        .where(STATIONS.c.home.in_(wanted))
        .group_by(STATIONS.c.home)
    )
    heard = {home for home, seen_at in found if seen_at >= since}
    return frozenset(wanted) - heard


def clean(text: str, most: int) -> str:
    """Text that every database takes into a column of this many characters."""
    return text.replace("\0", "")[:most]


def _held(record: RowMapping) -> HeldClaim:
    return HeldClaim(
        record["bill_key"],
        (record["instance"], record["run_id"], record["place"]),
        record["home"],
        record["generation"],
    )


def _insert(connection: Connection, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert claims of bills that nobody had; those that somebody has had in the meantime are left alone."""
    if not values:
        return
    statement = insert(CLAIMS).values(
        taken_at=EpochMs(),
        changed_at=EpochMs(),
        **{name: bindparam(name) for name in values[0] if name not in ("taken_at", "changed_at")},
    )
    plain = [
        {name: value for name, value in one.items() if name not in ("taken_at", "changed_at")}
        for one in values
    ]
    try:
        with connection.begin_nested():
            connection.execute(statement, plain)
    except IntegrityError:
        for one in plain:
            try:
                with connection.begin_nested():
                    connection.execute(statement, [one])
            except IntegrityError:
                continue
