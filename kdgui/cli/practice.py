"""The practice account as a program of its own: `kdgui practice`."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import threading
from pathlib import Path

from kdgui.cli.command import fault
from kdgui.domain.errors import BadInput
from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths


def serve(arguments: argparse.Namespace, _places: Paths, _words: Words) -> int:
    """Print one JSON line when ready, then serve until ended (Ctrl+C, a polite end); exit code 0."""
    try:
        server = PracticeServer(
            read_catalogue_file(),
            port=arguments.port,
            data_dir=Path(arguments.data) if arguments.data else None,
            latency_ms=arguments.latency_ms,
            faults=dict(arguments.fault),
            seed=arguments.seed,
        )
    except (OSError, OverflowError) as error:
        if arguments.data and not Path(arguments.data).is_dir():
            raise BadInput("folder_unusable", str(error), path=arguments.data) from None
        raise BadInput("port_taken", str(error), port=arguments.port) from None
    except sqlite3.Error as error:
        raise BadInput("folder_unusable", str(error), path=arguments.data) from None
    except ValueError as error:
        raise BadInput("fault_unknown", str(error)) from None
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    invitation = server.start()
    print(invitation.as_json(), flush=True)
    while not ended.wait(0.5):  # a wait without limit would not hear Ctrl+C on Windows
        pass
    server.stop()
    return 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui practice` takes."""
    parser.add_argument("--port", type=int, default=0, metavar="N", help="0 takes a free one")
    parser.add_argument("--data", metavar="DIR", help="keep the books here")
    parser.add_argument("--latency-ms", type=int, default=0, metavar="N", help="every answer takes as long")
    parser.add_argument("--fault", type=fault, action="append", default=[], metavar="NAME:PROBABILITY")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other books")
