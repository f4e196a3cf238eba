"""A real database of each kind, and a new ledger in it for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kdgui.store.ledger.address import TeamAddress
from kdgui.store.ledger.claims import LedgerClaims
from kdgui.store.ledger.ledger import Ledger, Station

from ...database_servers import KINDS, DatabaseServer, database_server


@pytest.fixture(scope="session", params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    with database_server(request.param) as server:
        yield server


@pytest.fixture
def address(server: DatabaseServer) -> TeamAddress:
    return server.fresh()


@pytest.fixture
def ledger(address: TeamAddress) -> Iterator[Ledger]:
    ledger, is_new = Ledger.init(address)
    assert is_new
    yield ledger
    ledger.close()


@pytest.fixture
def pc(ledger: Ledger) -> Callable[[str], LedgerClaims]:
    """The claims of a PC with this name."""

    def make(name: str) -> LedgerClaims:
        return LedgerClaims(ledger, Station(f"i-{name}", f"h-{name}", name, f"PC-{name}"))

    return make
