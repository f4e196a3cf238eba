"""A real PostgreSQL and a real MariaDB in a temporary folder on 127.0.0.1, ended with the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pymysql
import pytest
import trustme

from kdgui.domain.errors import LedgerTrouble
from kdgui.store.ledger.address import TeamAddress, Tls
from kdgui.store.ledger.database import Database

ADMIN, PASSWORD = "kdgui_admin", "口令 p@ss:1/?"
START_SECONDS = 40.0
KINDS = ("postgresql", "mysql")


def programs(kind: str) -> tuple[str, ...]:
    """The programs of this database on this machine; () where they are not installed."""
    if kind == "postgresql":
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
        names = [shutil.which(name) or "" for name in ("initdb", "postgres")]
        if folders:
            names = [str(folders[-1] / name) for name in ("initdb", "postgres")]
    else:
        names = [shutil.which(name) or "" for name in ("mariadb-install-db", "mariadbd")]
    return tuple(names) if all(name and Path(name).exists() for name in names) else ()


def _user(kind: str) -> str | None:
    """Servers do not run as root: whom they run as instead."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    return "postgres" if kind == "postgresql" else "mysql"


@dataclass
class DatabaseServer:
    """One server. `address` is the administrator's, of a database that `fresh` makes anew for a test."""

    kind: str
    folder: Path
    port: int
    tls: bool = False
    process: subprocess.Popen[bytes] | None = None
    made: int = 0
    authority: trustme.CA = field(default_factory=trustme.CA)

    @property
    def ca_file(self) -> str:
        return str(self.folder / "ca.pem")

    def address(self, database: str) -> TeamAddress:
        return TeamAddress(self.kind, "127.0.0.1", database, ADMIN, self.port, Tls.OFF, password=PASSWORD)

    def fresh(self) -> TeamAddress:
        """The address of a new, empty database."""
        self.made += 1
        name = f"team{self.made}"
        self.execute(f"CREATE DATABASE {name}", "postgres" if self.kind == "postgresql" else "mysql")
        return self.address(name)

    def execute(self, script: str, database: str, user: tuple[str, str] = (ADMIN, PASSWORD)) -> None:
        """Run statements as the administrator, each by itself."""
        statements = [part.strip() for part in script.split(";") if part.strip()]
        if self.kind == "postgresql":
            import psycopg

            with psycopg.connect(
                host="127.0.0.1",
                port=self.port,
                dbname=database,
                user=user[0],
                password=user[1],
                autocommit=True,
            ) as connection:
                for statement in statements:
                    connection.execute(statement.encode())
            return
        connected = pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=user[0],
            password=user[1].encode(),  # type: ignore[arg-type]  # bytes are taken as they are
            database=database,
            charset="utf8mb4",
            autocommit=True,
            ssl_disabled=True,
        )
        with connected, connected.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    # -- its life ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it, and wait until it answers."""
        if self.kind == "postgresql":
            command = [
                programs(self.kind)[1], "-D", str(self.folder / "data"), "-p", str(self.port), "-k", "",
                "-h", "127.0.0.1", "-c", "fsync=off", "-c", f"ssl={'on' if self.tls else 'off'}",
                "-c", f"ssl_cert_file={self.folder / 'server.pem'}",
                "-c", f"ssl_key_file={self.folder / 'server.key'}",
            ]  # fmt: skip
        else:
            command = [
                programs(self.kind)[1], "--no-defaults", f"--datadir={self.folder / 'data'}",
                f"--port={self.port}", "--bind-address=127.0.0.1", f"--socket={self.folder / 'socket'}",
                f"--pid-file={self.folder / 'pid'}", "--innodb-flush-log-at-trx-commit=2",
                "--skip-name-resolve", f"--tmpdir={self.folder}",
                *((f"--ssl-cert={self.folder / 'server.pem'}", f"--ssl-key={self.folder / 'server.key'}")
                  if self.tls else ("--skip-ssl",)),
            ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, user=_user(self.kind), cwd=self.folder, env=_environ()
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + START_SECONDS
        database = "postgres" if self.kind == "postgresql" else "mysql"
        while True:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text(errors="replace")[-2000:]
            try:
                door = Database(self.address(database))
                door.transaction(lambda connection: None)
                door.close()
                return
            except LedgerTrouble:
                assert time.monotonic() < deadline, (self.folder / "log").read_text(errors="replace")[-2000:]
                time.sleep(0.05)

    def stop(self, *, at_once: bool = False) -> None:
        """End it; `at_once` as a power cut does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            fast = signal.SIGINT if self.kind == "postgresql" else signal.SIGTERM
            self.process.send_signal(signal.SIGKILL if at_once else fast)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def freeze(self) -> None:
        """It is there and does nothing; on PostgreSQL every process of it."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: int) -> None:
        assert self.process is not None
        for pid in (self.process.pid, *_children(self.process.pid)):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def make(self) -> None:
        """Make its data, with an administrator of our name."""
        for name, blob in self._certificates().items():
            (self.folder / name).write_bytes(blob)
            (self.folder / name).chmod(0o600)
        (self.folder / "ca.pem").chmod(0o644)
        self._own()
        if self.kind == "postgresql":
            (self.folder / "password").write_text(PASSWORD, encoding="utf-8")
            self._own()
            self._run(
                programs(self.kind)[0], "-D", str(self.folder / "data"), "-U", ADMIN, "-A", "scram-sha-256",
                f"--pwfile={self.folder / 'password'}", "--no-sync", "-E", "UTF8", "--locale=C",
            )  # fmt: skip
            return
        self._run(
            programs(self.kind)[0], "--no-defaults", f"--datadir={self.folder / 'data'}",
            "--auth-root-authentication-method=normal", "--skip-test-db",
        )  # fmt: skip
        (self.folder / "init.sql").write_text(
            f"CREATE USER '{ADMIN}'@'%' IDENTIFIED BY '{PASSWORD}';\n"
            f"GRANT ALL ON *.* TO '{ADMIN}'@'%' WITH GRANT OPTION;\n",
            encoding="utf-8",
        )
        self._run_bootstrap()

    def _run_bootstrap(self) -> None:
        """The server itself writes its first user down, before anybody can connect."""
        with (self.folder / "init.sql").open("rb") as script, (self.folder / "log").open("ab") as log:
            words = b"SET NAMES utf8mb4;\nFLUSH PRIVILEGES;\n" + script.read()
            subprocess.run(
                [programs(self.kind)[1], "--no-defaults", f"--datadir={self.folder / 'data'}", "--bootstrap"],
                input=words, stdout=log, stderr=log, user=_user(self.kind), cwd=self.folder, check=True,
                timeout=60, env=_environ(),
            )  # fmt: skip

    def _certificates(self) -> Mapping[str, bytes]:
        issued = self.authority.issue_cert("127.0.0.1", "localhost")
        chain = b"".join(pem.bytes() for pem in issued.cert_chain_pems)
        return {
            "ca.pem": self.authority.cert_pem.bytes(),
            "server.pem": chain,
            "server.key": issued.private_key_pem.bytes(),
        }

    def _own(self) -> None:
        user = _user(self.kind)
        if user is not None:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, user)

    def _run(self, *command: str) -> None:
        with (self.folder / "log").open("ab") as log:
            subprocess.run(
                command, stdout=log, stderr=log, user=_user(self.kind), cwd=self.folder, check=True,
                timeout=60, env=_environ(),
            )  # fmt: skip


def _environ() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": tempfile.gettempdir()}


def _children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def database_server(kind: str, *, tls: bool = False) -> Iterator[DatabaseServer]:
    """One running server; the test is skipped, with the reason, where it is not installed."""
    if not programs(kind):
        packages = {"postgresql": "postgresql", "mysql": "mariadb-server"}
        pytest.skip(f"{packages[kind]} is not installed here: `sh resources/setup.sh test` installs it")
    folder = Path(tempfile.mkdtemp(prefix=f"kdgui-{kind}-"))  # a test's own folder is closed to other users
    folder.chmod(0o755)
    server = DatabaseServer(kind, folder, free_port(), tls)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def as_user(address: TeamAddress, user: str, password: str) -> TeamAddress:
    """The same database, as somebody else."""
    return replace(address, user=user, password=password)
