"""A server that takes one connection at a time: no idle connection of ours stands in the way of a run."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kdgui.bootstrap import open_engine
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.practice.server import PracticeServer
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.run import prefetch as ahead
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes until one side ends."""
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for line in (source, sink):
        shut(line)


def shut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def one_at_a_time() -> Iterator[tuple[PracticeServer, str]]:
    """A practice server, and the address of a door that lets in one connection after the other."""
    server = PracticeServer(read_catalogue_file())
    invitation = server.start()
    port = urlsplit(invitation.url).port
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                guest, _ = door.accept()
            except OSError:
                return
            with guest, socket.create_connection(("127.0.0.1", port)) as inside:
                back = threading.Thread(target=pump, args=(inside, guest), daemon=True)
                back.start()
                pump(guest, inside)
                back.join(10)

    porter = threading.Thread(target=serve, daemon=True)
    porter.start()
    yield server, invitation.url.replace(f":{port}/", f":{door.getsockname()[1]}/")
    shut(door)
    door.close()
    porter.join(10)
    server.stop()


def test_a_server_that_takes_one_connection_at_a_time(
    one_at_a_time: tuple[PracticeServer, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "LONGEST_SECONDS", 0.5)
    server, address = one_at_a_time
    invitation = server.invitation
    with open_engine(Paths(tmp_path), attended=False) as engine:
        profile = Profile(server=address, data_centre_id=invitation.data_centre, user=invitation.user)
        engine.connection.sign_in(profile, invitation.password)
        numbers = tuple(server.examples()[FORM]["open"][:60])
        info = engine.runs.run(
            RunOrder(FORM, PushOptions(rule_id=RULE), numbers), RunControl(), NullObserver()
        )
        assert {row.verdict for row in engine.journal.rows(info.run_id)} == {Verdict.PUSHED}
        assert len([post for post in server.posts() if post.operation == "push"]) == 60
