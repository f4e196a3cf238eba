"""The way to the database: TLS, least rights, versions, and a name for every layer that fails."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from operator import methodcaller
from pathlib import Path

import pytest
from sqlalchemy import text, update

from kdgui.domain.claims import BillKey, Claim, ClaimResult
from kdgui.domain.errors import LedgerTrouble
from kdgui.domain.verdicts import Row, Verdict
from kdgui.pushing.team.diagnosis import TeamStep, check_team
from kdgui.store.ledger.address import TeamAddress, Tls, read_team_address
from kdgui.store.ledger.claims import LedgerClaims
from kdgui.store.ledger.database import Database
from kdgui.store.ledger.history import TeamHistory
from kdgui.store.ledger.ledger import Ledger, Station
from kdgui.store.ledger.stations import Stations
from kdgui.store.ledger.tables import INFO, VERSION
from kdgui.store.ledger.takeovers import Takeovers
from kdgui.store.paths import resources_dir

from ...database_servers import KINDS, PASSWORD, DatabaseServer, as_user, database_server, free_port
from .test_history import publish, row

KEY = BillKey("c", "F", "1", "T")


# The address


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgres://u@h/d", "postgresql://u@h/d"),
        ("postgresql://u:geheim@h:5432/d", "postgresql://u@h/d"),
        ("mariadb://u@h:3307/d?tls=require&ca=C%3A%5Cca.pem", "mysql://u@h:3307/d?tls=require&ca=C%3A%5Cca.pem"),
        ("mssql://%E7%8E%8B@[::1]/d", "mssql://%E7%8E%8B@[::1]/d"),
    ],
)  # fmt: skip
def test_an_address_is_kept_without_its_password(given: str, kept: str) -> None:
    address = read_team_address(given)
    assert address.text == kept
    assert replace(read_team_address(kept), password=address.password) == address
    assert "geheim" not in repr(address)


@pytest.mark.parametrize(
    "given", ["", "h", "http://h/d", "postgresql://h", "postgresql://h:x/d", "postgresql:///d",
              "postgresql://u:geheim@h/a/b", "postgresql://u:geheim@h/d?tls=maybe", "postgresql://[/d"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_telling_the_password(given: str) -> None:
    with pytest.raises(LedgerTrouble, match="ledger_address") as caught:
        read_team_address(given)
    assert "geheim" not in str(caught.value)


def test_without_a_team_its_libraries_are_not_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kdgui.bootstrap import open_engine;"
        "from kdgui.store.paths import Paths\n"
        "with open_engine(Paths(Path(sys.argv[1])), attended=False) as engine: engine.team.state\n"
        "print([name for name in ('sqlalchemy', 'psycopg', 'pymysql') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


# Versions


def test_made_once_and_again(address: TeamAddress) -> None:
    with pytest.raises(LedgerTrouble, match="ledger_tables"):
        Ledger.open(address)
    first, is_new = Ledger.init(address)
    again, is_new_again = Ledger.init(address)
    opened = Ledger.open(address)
    assert (is_new, is_new_again) == (True, False)
    assert first.id == again.id == opened.id
    for ledger in (first, again, opened):
        ledger.close()


@pytest.mark.parametrize(("version", "code"), [(VERSION + 1, "ledger_newer"), (VERSION - 1, "ledger_older")])
def test_another_version_is_refused_politely(ledger: Ledger, version: int, code: str) -> None:
    ledger.database.transaction(
        lambda connection: connection.execute(
            update(INFO).where(INFO.c.name == "version").values(value=str(version))
        )
    )
    with pytest.raises(LedgerTrouble, match=code):
        Ledger.open(ledger.database.address)
    if code == "ledger_newer":
        with pytest.raises(LedgerTrouble, match=code):
            Ledger.init(ledger.database.address)


# Rights


def test_the_script_gives_the_pcs_what_they_need_and_nothing_else(server: DatabaseServer) -> None:
    name = {"postgresql": "postgresql", "mysql": "mariadb"}[server.kind]
    script = (resources_dir() / "team" / f"{name}.sql").read_text(encoding="utf-8")
    script = re.sub("kdgui_owner", f"owner_{name}", script)
    before, after = script.split("-- 2. Make the tables")
    home = "postgres" if server.kind == "postgresql" else "mysql"
    server.execute(re.sub("(?m)^--.*$", "", before), home)
    owner = as_user(server.address("kdgui"), f"owner_{name}", "change-this-owner")
    Ledger.init(owner)[0].close()
    rights = re.sub("(?m)^--.*$", "", "\n".join(after.splitlines()[2:]))
    administrator = None if server.kind == "mysql" else (f"owner_{name}", "change-this-owner")
    server.execute(rights, "kdgui", *([administrator] if administrator else []))

    ledger = Ledger.open(as_user(owner, "kdgui", "change-this-user"))

    pc = LedgerClaims(ledger, Station("i", "h", "u", "PC"))
    Stations(ledger).beat(Station("i", "h", "u", "PC"))
    assert pc.take([Claim(KEY, "r", 0)], {}, "r", user="u", data_centre_id="c") == ClaimResult()
    publish(ledger, "h", [row(0, Verdict.PUSHED, "T1"), row(1, Verdict.FAILED)])
    publish(ledger, "h", [row(0, Verdict.PUSHED, "T2")])
    assert TeamHistory(ledger, "x").find_number("T2").found
    pc.release(pc.held_here(), Verdict.PUSHED)
    assert Takeovers(ledger, Station("j", "k")).orphans("c") == ()
    for statement in ("CREATE TABLE x (a INTEGER)", "DROP TABLE kdgui_claims", "DELETE FROM kdgui_claims",
                      "DELETE FROM kdgui_rows", "UPDATE kdgui_info SET value = '9'"):  # fmt: skip
        with pytest.raises(LedgerTrouble, match="ledger_rights"):
            ledger.database.transaction(methodcaller("execute", text(statement)))
    assert check_team(owner.text, lambda: as_user(owner, "kdgui", "change-this-user")).failed is None
    ledger.close()


# Layers


def failing(address: TeamAddress) -> tuple[TeamStep | None, str]:
    report = check_team(address.text, lambda: address)
    return report.failed, report.trouble.code if report.trouble else ""


def test_the_layer_that_fails_is_named(
    server: DatabaseServer, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    good = ledger.database.address
    report = check_team(good.text, lambda: good)
    assert (report.failed, report.passed, report.encrypted) == (None, tuple(TeamStep), False)
    assert report.milliseconds is not None
    assert failing(replace(good, host="no-such-host.invalid")) == (TeamStep.NAME, "ledger_dns")
    assert failing(replace(good, port=free_port())) == (TeamStep.REACH, "ledger_unreachable")
    assert failing(good.with_password("wrong")) == (TeamStep.SIGN_IN, "ledger_password")
    assert failing(replace(good, user="nobody-here")) == (TeamStep.SIGN_IN, "ledger_password")
    assert failing(replace(good, database="nowhere")) == (TeamStep.SIGN_IN, "ledger_database")
    assert failing(server.fresh()) == (TeamStep.TABLES, "ledger_tables")
    assert failing(replace(good, tls=Tls.REQUIRE)) == (TeamStep.SECURE, "ledger_tls")
    assert check_team("", lambda: None).failed is TeamStep.ADDRESS
    assert PASSWORD not in caplog.text


# TLS


@pytest.fixture(scope="module", params=KINDS)
def tls_server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    with database_server(request.param, tls=True) as server:
        yield server


def encrypted(address: TeamAddress) -> bool | None:
    database = Database(address)
    try:
        database.transaction(lambda connection: None)
        return database.encrypted
    finally:
        database.close()


def test_tls_is_verified_where_the_server_offers_it(tls_server: DatabaseServer) -> None:
    address = replace(tls_server.fresh(), tls=Tls.VERIFY, ca_file=tls_server.ca_file)
    assert encrypted(address) is True
    assert encrypted(replace(address, tls=Tls.REQUIRE)) is True
    assert encrypted(replace(address, tls=Tls.ENCRYPT, ca_file="")) is True
    for wrong in (replace(address, ca_file=""), replace(address, ca_file="/nowhere/ca.pem")):
        with pytest.raises(LedgerTrouble, match="ledger_tls"):
            encrypted(wrong)


def test_a_server_without_tls_is_used_in_plain_text_unless_it_is_required(server: DatabaseServer) -> None:
    address = replace(server.fresh(), tls=Tls.VERIFY)
    assert encrypted(address) is False
    with pytest.raises(LedgerTrouble, match="ledger_tls"):
        encrypted(replace(address, tls=Tls.REQUIRE))


# Odd texts


def test_text_of_others_is_text(ledger: Ledger) -> None:
    odd = "'; DROP TABLE kdgui_rows; -- \0 \\ %s :a 😀 \u202e"
    strange = Row("r1", 0, odd, Verdict.FAILED)
    publish(ledger, "a", [strange])
    (found,) = TeamHistory(ledger, "b").rows("r1@i-a")
    assert found.number == odd
    assert [hit.row.number for hit in TeamHistory(ledger, "b").find_number("'; drop").found] == [odd]
