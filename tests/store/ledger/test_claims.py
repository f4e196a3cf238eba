"""Claims on a real database: of two PCs that want one bill, one gets it, and the other is told by whom."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

from kdgui.domain.claims import BillKey, Claim, ClaimResult
from kdgui.domain.verdicts import Verdict
from kdgui.store.ledger.claims import LedgerClaims
from kdgui.store.ledger.ledger import Ledger, Station

CENTRE = "20260101a0b1c2"
Pc = Callable[[str], LedgerClaims]


def key(bill_id: int | str = 101) -> BillKey:
    return BillKey(CENTRE, "PUR_PurchaseOrder", str(bill_id), "STK_InStock")


def claim(wanted: BillKey, run: str = "r1", place: int = 0) -> Claim:
    return Claim(wanted, run, place, f"CGDD{wanted.bill_id}", "R", '{"采购": "订单"}')


def take(pc: LedgerClaims, *wanted: BillKey, run: str = "r1") -> ClaimResult:
    looked, _ = pc.look(wanted, run)
    claims = [claim(one, run, place) for place, one in enumerate(wanted)]
    return pc.take(claims, looked, run, user="王芳", data_centre_id=CENTRE)


def test_who_comes_second_is_told_by_whom_and_since_when(pc: Pc) -> None:
    assert take(pc("a"), key()) == ClaimResult()

    (holder,) = take(pc("b"), key()).held.values()

    assert (holder.user, holder.pc, holder.here) == ("王芳", "PC-a", False)
    assert (holder.silent, holder.unsettled) == (True, True), "nothing was ever heard of that PC"
    assert holder.since is not None


def test_ones_own_claim_may_be_taken_again(pc: Pc) -> None:
    for _ in range(2):
        assert take(pc("a"), key()) == ClaimResult()
    assert set(take(pc("a"), key(), run="r2").held) == {key()}, "another run of this program is somebody else"


def test_what_is_free_is_taken_and_the_rest_is_not(pc: Pc) -> None:
    take(pc("a"), key(1), key(2))
    assert set(take(pc("b"), key(2), key(3)).held) == {key(2)}
    assert set(take(pc("a"), key(3)).held) == {key(3)}


def test_a_released_bill_is_free_and_tells_what_became_of_it(pc: Pc) -> None:
    take(pc("a"), key())
    pc("a").release(pc("a").held_here(), Verdict.PUSHED)
    states, _ = pc("b").look([key()], "r1")
    assert states[key()].holder is None
    assert states[key()].earlier is not None
    assert (states[key()].earlier.user, states[key()].earlier.rule_id) == ("王芳", "R")
    assert take(pc("b"), key()) == ClaimResult()


def test_who_looked_before_somebody_had_it_asks_anew(pc: Pc) -> None:
    looked, _ = pc("b").look([key(1), key(2)], "r1")
    take(pc("a"), key(1))
    pc("a").release(pc("a").held_here(), Verdict.PUSHED)

    claims = [claim(key(1)), claim(key(2), place=1)]
    result = pc("b").take(claims, looked, "r1", user="b", data_centre_id=CENTRE)

    assert (result.held, result.changed) == ({}, {key(1)})
    assert [held.bill_key for held in pc("b").held_here()] == [key(2).text]


def test_only_the_owner_releases(pc: Pc) -> None:
    take(pc("a"), key())
    (held,) = pc("a").held_here()
    pc("a").release([held], Verdict.FAILED)
    take(pc("b"), key())
    pc("a").release([held], Verdict.FAILED)
    assert set(take(pc("a"), key()).held) == {key()}


def test_a_row_whose_end_the_ledger_has_not_heard_of_makes_room_in_its_own_folder(
    ledger: Ledger, pc: Pc
) -> None:
    take(pc("a"), key())
    later = LedgerClaims(ledger, Station("i-later", "h-a", "a", "PC-a"))
    looked, here = later.look([key()], "r9")
    assert here[key()].owner == ("i-a", "r1", 0)
    claims = [claim(key(), "r9")]
    released = frozenset((key(),))
    assert set(later.take(claims, looked, "r9", user="a", data_centre_id=CENTRE).held) == {key()}
    taken = later.take(claims, looked, "r9", user="a", data_centre_id=CENTRE, released=released)
    assert taken == ClaimResult()
    other, _ = pc("b").look([key()], "r1")
    strange = pc("b").take([claim(key())], other, "r1", user="b", data_centre_id=CENTRE, released=released)
    assert set(strange.held) == {key()}, "another folder's claim never makes room"


def test_five_pcs_at_once_take_every_bill_once(ledger: Ledger, pc: Pc) -> None:
    """In different orders, in blocks of every size, with releases in between."""
    pcs = [LedgerClaims(ledger, Station(f"i-{n}", f"h-{n}", str(n), f"PC-{n}")) for n in range(5)]
    taken: Counter[BillKey] = Counter()
    lock, failed = threading.Lock(), []

    def work(number: int) -> None:
        rng = random.Random(number)
        bills = list(range(120))
        rng.shuffle(bills)
        mine = pcs[number]
        try:
            while bills:
                block = [key(bills.pop()) for _ in range(min(len(bills), rng.randint(1, 30)))]
                looked, _ = mine.look(block, "r")
                claims = [claim(one, "r", int(one.bill_id)) for one in block]
                result = mine.take(claims, looked, "r", user=str(number), data_centre_id=CENTRE)
                with lock:
                    taken.update(set(block) - set(result.held) - result.changed)
        except BaseException as error:  # noqa: BLE001 - a thread's trouble is the test's
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert set(taken) == {key(n) for n in range(120)}
    assert set(taken.values()) == {1}
