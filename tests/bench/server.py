"""The practice server in a process of its own, and the bills on it that can be pushed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
_CODE = """
import sys
from kdgui.practice import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
server = PracticeServer(read_catalogue_file(), latency_ms=int(sys.argv[1]), bills=int(sys.argv[2]))
print(server.start().as_json(), flush=True)
sys.stdin.read()
"""
_BILLS_FOR_EACH = 7
"""So many bills the server makes for one of this form that can be pushed."""


@dataclass(slots=True)
class Server:
    """A running server; `take` hands out bills that nobody has pushed yet."""

    url: str
    data_centre: str
    user: str
    password: str
    numbers: list[str] = field(default_factory=list)

    def take(self, count: int) -> list[str]:
        """Numbers of as many bills; each is handed out once."""
        taken, self.numbers = self.numbers[:count], self.numbers[count:]
        if len(taken) < count:
            raise SystemExit(f"{count} bills are needed, {len(taken)} are left")
        return taken


@contextmanager
def serving(bills: int, latency_ms: int = 0) -> Iterator[Server]:
    """A server on which `bills` can be pushed, each answer `latency_ms` late; ended at the end."""
    arguments = [sys.executable, "-c", _CODE, str(latency_ms), str(_BILLS_FOR_EACH * bills + 60)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        try:
            assert process.stdout is not None
            invitation = json.loads(process.stdout.readline())
            server = Server(*(invitation[key] for key in ("url", "data_centre", "user", "password")))
            server.numbers = _open_numbers(server.url)
            yield server
        finally:
            process.terminate()


def _open_numbers(url: str) -> list[str]:
    examples = requests.get(url.replace("k3cloud/", "practice/examples"), timeout=60).json()[FORM]
    return [*examples["open"], *examples["open_many_lines"]]
