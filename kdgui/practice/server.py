"""The practice server: start, stop, ledger. Everything else hangs below it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kdgui.practice.answers import Json
from kdgui.practice.company import CENTRES
from kdgui.practice.company_forms import BASE_FORMS, BILL_FORMS
from kdgui.practice.control_panel import PREFIX, ControlPanel
from kdgui.practice.data_centre import Centres, DataCentre
from kdgui.practice.database import Database
from kdgui.practice.faults import Faults
from kdgui.practice.forms import FormBook
from kdgui.practice.generate import DEFAULT_BILLS
from kdgui.practice.http_server import Connections
from kdgui.practice.ledger import Ledger, LedgerEntry, Post
from kdgui.practice.rules import RULES, RuleBook
from kdgui.practice.services import Services
from kdgui.practice.sessions import Sessions
from kdgui.practice.sign_in import APP_ID, APP_SECRET, PASSWORD, USER, Authenticator
from kdgui.practice.switches import Switches
from kdgui.practice.wire import Reply, Request, text_reply
from kdgui.practice.write_services import Writes


@dataclass(frozen=True, slots=True)
class Invitation:
    """Everything needed to sign in. Not secret: it opens practice books on this computer."""

    url: str
    data_centre: str
    user: str
    password: str
    app_id: str
    app_secret: str

    def as_json(self) -> str:
        """One line of JSON, as `kdgui practice` prints it."""
        return json.dumps(asdict(self), ensure_ascii=False)


class PracticeServer:
    """A K/3 Cloud Web API with the books of a small company, on the loopback of this computer.

    Every method may be called from any thread. `stop()` must be called in the end; it returns at once.

    Args:
        catalogue: the catalogue file as a dict: `forms` and `rules`.
        port: 0 takes a free one.
        data_dir: where the books are kept; None keeps them in memory. Books found there stay as they are,
            whatever `bills` and `seed` say.
        latency_ms: every call under /k3cloud/ takes at least this long.
        faults: fault name → probability or settings (faults.py).
        bills: about so many bills in the first data centre.
        switches: positions of switches (switches.py); ValueError for an unknown one.

    Raises OSError where the port is taken, sqlite3.DatabaseError where `data_dir` holds something else.
    """

    def __init__(
        self,
        catalogue: Mapping[str, object],
        *,
        port: int = 0,
        data_dir: Path | None = None,
        latency_ms: int = 0,
        faults: Mapping[str, object] | None = None,
        seed: int = 1,
        bills: int = DEFAULT_BILLS,
        **switches: object,
    ) -> None:
        self._latency = latency_ms / 1000
        self._ending, self._serving = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._switches, self._faults = Switches(), Faults(seed)
        self._sessions, self._door = Sessions(), Authenticator(self._switches)
        self._vault = Database(data_dir)
        try:
            self._ledger = Ledger(self._vault)
            self._centres = self._open_centres(catalogue, bills, seed)
            self._control = ControlPanel(
                self._ledger, self._faults, self._switches, self.examples, self.reset
            )
            self.turn({**switches, **(faults or {})})
            self._connections = Connections(
                port,
                self._answer,
                self._keep_alive,
                lambda: self._switches.clock_offset,
                lambda: self._switches.closes_quietly,
                self._ending,
            )
        except BaseException:
            self._vault.close()
            raise
        self._writes = Writes(self._ledger, self._switches, self._ending)
        self._services = Services(
            self._centres,
            self._sessions,
            self._door,
            self._switches,
            self._faults,
            self._writes,
            self._ending,
        )

    def _keep_alive(self) -> float:
        return self._switches.keep_alive_seconds

    def _open_centres(self, catalogue: Mapping[str, object], bills: int, seed: int) -> Centres:
        forms = FormBook((*BILL_FORMS, *BASE_FORMS), _catalogue_forms(catalogue))
        rules = RuleBook(RULES, _rows(catalogue, "rules"))
        centres = [DataCentre(item, self._vault, forms, rules, self._switches) for item in CENTRES]
        opened = Centres(centres, bills=bills, seed=seed)
        opened.get(CENTRES[0].id)
        return opened

    # life

    @property
    def url(self) -> str:
        """Base URL, ending in /k3cloud/."""
        return f"http://127.0.0.1:{self._connections.port}/k3cloud/"

    @property
    def invitation(self) -> Invitation:
        """Where and as whom to sign in."""
        return Invitation(self.url, CENTRES[0].id, USER, PASSWORD, APP_ID, APP_SECRET)

    def start(self) -> Invitation:
        """Serve in a thread of its own; returns when connections are accepted."""
        self._thread = threading.Thread(target=self.serve_forever, name="practice-server", daemon=True)
        self._thread.start()
        self._serving.wait()
        return self.invitation

    def serve_forever(self) -> None:
        """Serve in this thread until `stop()` is called from another."""
        self._serving.set()
        self._connections.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """End all connections and waits, close the books; the ledger can still be read.

        What was to be committed late is not.
        """
        if self._ending.is_set():
            return
        self._ending.set()
        if self._serving.is_set():
            self._connections.shutdown()
        self._connections.server_close()
        self._connections.shut()
        self._writes.join(2.0)
        if self._thread is not None:
            self._thread.join(5.0)
        self._ledger.keep()
        self._vault.close()

    def __enter__(self) -> Invitation:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # what happened, and what shall happen

    def ledger(self) -> list[LedgerEntry]:
        """Everything really done, oldest first."""
        return self._ledger.entries()

    def posts(self) -> list[Post]:
        """Every POST of a write that was received, oldest first."""
        return self._ledger.posts()

    def turn(self, positions: Mapping[str, object]) -> None:
        """Switch faults and switches by name, as POST /practice/faults does; ValueError for unknown names."""
        self._control.turn(positions)

    def examples(self, number: str = "001") -> dict[str, dict[str, list[str]]]:
        """Bill numbers by form and by what they are examples of, in the data centre with this number."""
        with self._vault.lock:
            return self._centres.numbered(number).books.examples()

    @property
    def crashes(self) -> tuple[BaseException, ...]:
        """Bugs of this server that showed so far; tests want it empty."""
        return tuple(self._connections.crashes)

    def end_sessions(self) -> None:
        """Forget every session, as a restart of a real server does."""
        self._sessions.drop_all()

    def reset(self, books: bool = False) -> None:
        """All faults and switches off, sessions ended; `books`: books and ledger written anew."""
        self._faults.clear()
        for name, value in Switches().as_dict().items():
            self._switches.turn(name, value)
        self._sessions.drop_all()
        self._door.forgive()
        if books:
            with self._vault.transaction():
                self._vault.empty()
                self._ledger.prepare()

    # requests

    def _answer(self, request: Request) -> Reply:
        if self._latency and not request.path.startswith(PREFIX):
            self._ending.wait(self._latency)
        try:
            if request.path.startswith(PREFIX):
                return self._control.answer(request)
            return self._services.answer(request)
        except Exception as error:  # noqa: BLE001 - the top of a request: as a real server, it answers all the same
            self._connections.crashes.append(error)
            return text_reply(f"response_error: 错误信息：{type(error).__name__}")


def _rows(catalogue: Mapping[str, object], key: str) -> list[Mapping[str, Json]]:
    rows = catalogue.get(key)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _catalogue_forms(catalogue: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(str(row.get("form_id")), str(row.get("name_zh") or "")) for row in _rows(catalogue, "forms")]
