"""`kdgui journal acknowledge`: somebody knows that a journal was lost or set aside, and pushing goes on."""

from __future__ import annotations

import argparse
import json

from kdgui.bootstrap import loss_trouble, open_shared_journal
from kdgui.printing import Exit
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths


def journal(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Acknowledge, and say what it means; the exit code is 0 where there was nothing to acknowledge too."""
    with open_shared_journal(places) as opened:
        loss = opened.acknowledge()
    if arguments.json:
        trouble = loss_trouble(loss, places.journal) if loss else None
        print(json.dumps({"acknowledged": trouble.code if trouble else None}), flush=True)
    elif loss is None:
        print(words.text("cli.nothing_to_acknowledge"))
    else:
        told = words.error(loss_trouble(loss, places.journal))
        print("\n".join((told.what, told.why, words.text("cli.acknowledged"))))
    return Exit.ALL_PUSHED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is to be done with the journal."""
    parser.add_argument("what", choices=("acknowledge",), help="push on without what was lost")
