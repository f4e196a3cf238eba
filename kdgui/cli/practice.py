"""The practice account as a program of its own: `kdgui practice`."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file


def serve(arguments: argparse.Namespace) -> int:
    """Print one JSON line when ready, then serve until ended (Ctrl+C, a polite end); exit code 0."""
    server = PracticeServer(
        read_catalogue_file(),
        port=arguments.port,
        data_dir=Path(arguments.data) if arguments.data else None,
        latency_ms=arguments.latency_ms,
        faults=dict(arguments.fault),
        seed=arguments.seed,
    )
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    invitation = server.start()
    print(invitation.as_json(), flush=True)
    while not ended.wait(0.5):  # a wait without limit would not hear Ctrl+C on Windows
        pass
    server.stop()
    return 0
