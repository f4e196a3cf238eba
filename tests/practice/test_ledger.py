"""The ledger and the books: what is kept, what a restart finds, what a reset throws away."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kdgui.practice import Invitation, PracticeServer

from .conftest import CATALOGUE, Client, entities

Orders = dict[str, list[str]]


def test_every_post_is_noted_whatever_becomes_of_it(
    server: PracticeServer, stranger: Client, orders: Orders
) -> None:
    number = orders["open"][0]
    stranger.push([number])
    stranger.sign_in()
    stranger.push([number])
    stranger.push([number])
    stranger.push(["NOPE"])
    posts = server.posts()
    assert [(post.user, bool(post.bill_ids)) for post in posts] == [
        ("", False),
        ("demo", True),
        ("demo", True),
        ("demo", False),
    ]
    assert {post.numbers for post in posts[:3]} == {(number,)}
    assert posts[1].bill_ids == posts[2].bill_ids == (server.ledger()[0].sources[0].id,)
    assert len(server.ledger()) == 1


def test_posts_name_bills_however_they_were_asked_for(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    number = orders["open"][0]
    bill_id, line = client.query("PUR_PurchaseOrder", "FID,FPOOrderEntry_FEntryID", f"FBillNo='{number}'")[0]
    for asked in ({"Numbers": [number]}, {"Ids": str(bill_id)}, {"Numbers": [], "EntryIds": [line]}):
        client.push(**{"numbers": asked.pop("Numbers", []), **asked})
    assert {post.bill_ids for post in server.posts()} == {(str(bill_id),)}


def test_the_ledger_reads_alike_inside_and_outside(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    client.push(orders["open"][:1])
    outside = client.control("ledger")
    (entry,), (post,) = server.ledger(), server.posts()
    assert outside["entries"][0]["targets"][0]["number"] == entry.targets[0].number
    assert outside["posts"][0]["numbers"] == list(post.numbers)
    assert (entry.operation, entry.rule_id, entry.user) == ("push", "PUR_PurchaseOrder-STK_InStock", "demo")
    assert (entry.data_centre, entry.fault, entry.post) == (client.invitation.data_centre, "", post.seq)


def test_examples_are_told_outside(server: PracticeServer, client: Client) -> None:
    assert client.control("examples") == server.examples()


def test_a_restart_finds_the_same_books(catalogue: Any, tmp_path: Path) -> None:
    for round_number in range(2):
        practice = PracticeServer(catalogue, data_dir=tmp_path / "books")
        client = Client(practice.start())
        client.sign_in()
        number = practice.examples()["PUR_PurchaseOrder"]["open"][0]
        result = client.push([number])
        assert bool(entities(result)) == (round_number == 0)
        assert len(practice.ledger()) == 1
        client.web.close()
        practice.stop()


def test_a_killed_server_loses_nothing_it_answered(catalogue: Any, tmp_path: Path) -> None:
    program = (
        "import json, sys, pathlib\n"
        "from kdgui.practice import PracticeServer\n"
        "catalogue = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8'))\n"
        "practice = PracticeServer(catalogue, data_dir=pathlib.Path(sys.argv[2]))\n"
        "print(practice.invitation.as_json(), flush=True)\n"
        "practice.serve_forever()\n"
    )
    folder = tmp_path / "books"
    command = [sys.executable, "-c", program, str(CATALOGUE), str(folder)]
    root = str(CATALOGUE.parents[1])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=root) as process:
        assert process.stdout is not None
        client = Client(Invitation(**json.loads(process.stdout.readline())))
        client.sign_in()
        (made,) = entities(client.push(client.control("examples")["PUR_PurchaseOrder"]["open"][:1]))
        os.kill(process.pid, signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        client.web.close()
    practice = PracticeServer(catalogue, data_dir=folder)
    assert practice.ledger()[0].targets[0].number == made["Number"]
    practice.stop()


def test_the_ledger_can_be_read_after_the_end(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.push(orders["open"][:1])
    server.stop()
    assert (len(server.ledger()), len(server.posts())) == (1, 1)


def test_books_of_another_version_are_written_anew(catalogue: Any, tmp_path: Path) -> None:
    PracticeServer(catalogue, data_dir=tmp_path).stop()
    (file,) = tmp_path.glob("*.sqlite")
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM a_BD_Supplier")
        connection.commit()
        connection.execute("PRAGMA user_version=999")
    practice = PracticeServer(catalogue, data_dir=tmp_path)
    client = Client(practice.start())
    client.sign_in()
    assert len(client.query("BD_Supplier", "FNumber")) == 10
    client.web.close()
    practice.stop()


def test_a_file_that_holds_no_books_is_left_alone(catalogue: Any, tmp_path: Path) -> None:
    file = tmp_path / "practice.sqlite"
    file.write_text("not a database, and long enough to tell" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        PracticeServer(catalogue, data_dir=tmp_path)
    assert file.read_text().startswith("not a database")


def test_a_port_can_be_chosen_and_taken_once(catalogue: Any, server: PracticeServer) -> None:
    port = urlsplit(server.url).port
    with pytest.raises(OSError, match=r"in use|10048"):
        PracticeServer(catalogue, port=port)
    server.stop()
    again = PracticeServer(catalogue, port=port)
    assert again.url == server.url
    again.stop()


def test_a_reset_may_write_the_books_anew(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.push(orders["open"][:1])
    client.control("reset", {})
    assert len(server.ledger()) == 1
    client.control("reset", {"books": True})
    assert (server.ledger(), server.posts()) == ([], [])
    assert server.examples()["PUR_PurchaseOrder"] == orders
    client.sign_in()
    assert entities(client.push(orders["open"][:1]))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_paths_of_the_control_panel_are_refused(client: Client, method: str) -> None:
    url = client.invitation.url.replace("/k3cloud/", "/practice/nothing")
    assert client.web.request(method, url, data="{}", timeout=9).status_code in (400, 404)


def test_nobody_can_reach_the_control_panel_under_k3cloud(client: Client) -> None:
    assert client.web.get(client.invitation.url + "practice/ledger", timeout=9).status_code == 404
