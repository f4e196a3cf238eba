"""Reading .xls, .et and .xlsb files, by libraries in a process of their own (`binary_reader`).

In a process of its own: a damaged file may let a library allocate without bounds and take its process with
it, and a reading that nobody waits for any more can be ended only that way.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

import kdgui
from kdgui.domain.errors import BadInput
from kdgui.store.imports.binary_pieces import READER_ARGUMENT, SheetPiece
from kdgui.store.imports.sheets import Progress, Sheet, SheetBuilder, TextPool, no_progress

MOST_SECONDS = 60
_TURN = 0.05


def read_binary_workbook(content: bytes, progress: Progress = no_progress) -> tuple[Sheet, ...]:
    """The sheets that hold anything, in order.

    Raises BadInput: file_damaged, file_protected, file_other_sheet, file_too_many_cells; what `progress`
    raises.
    """
    with subprocess.Popen(  # noqa: S603 - our own program
        _command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": _path()},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as reader:
        answers: queue.Queue[bytes] = queue.Queue()
        talk = threading.Thread(target=_talk, args=(reader, content, answers), daemon=True)
        talk.start()
        try:
            return _sheets(_pieces(answers, progress))
        finally:
            reader.kill()
            talk.join()


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, READER_ARGUMENT]
    return [sys.executable, "-m", "kdgui.store.imports.binary_reader"]


def _path() -> str:
    """Where this very program is, whatever folder it was started in."""
    return os.pathsep.join(filter(None, (str(Path(kdgui.__file__).parents[1]), os.environ.get("PYTHONPATH"))))


def _talk(reader: subprocess.Popen[bytes], content: bytes, answers: queue.Queue[bytes]) -> None:
    """Hand over the file, then every line of the answer; b"" at the end."""
    assert reader.stdin is not None and reader.stdout is not None  # noqa: S101, PT018 - both are pipes
    with suppress(OSError, ValueError):  # it has ended
        with reader.stdin as into:
            into.write(content)
        for line in reader.stdout:
            answers.put(line)
    answers.put(b"")


def _pieces(answers: queue.Queue[bytes], progress: Progress) -> Iterator[SheetPiece]:
    began = time.monotonic()
    decode = msgspec.json.Decoder(SheetPiece).decode
    share = 0.0
    while True:
        progress(share)
        if time.monotonic() - began > MOST_SECONDS:
            raise BadInput("file_too_many_cells")
        try:
            line = answers.get(timeout=_TURN)
        except queue.Empty:
            continue
        if not line:
            raise BadInput("file_damaged", detail="the reading process ended")
        piece = decode(line)
        if piece.trouble:
            raise BadInput(piece.trouble, detail=piece.detail)
        share = piece.share
        yield piece
        if share >= 1:
            return


def _sheets(pieces: Iterator[SheetPiece]) -> tuple[Sheet, ...]:
    sheets: list[Sheet] = []
    builder = SheetBuilder("")
    pool = TextPool()
    for piece in pieces:
        if piece.begins:
            builder = SheetBuilder(piece.name, hidden=piece.hidden)
        for number, hidden, first, cells in piece.rows:
            texts = {column: pool.keep(text) for column, text in enumerate(cells, start=first) if text}
            builder.add(number, texts, hidden=hidden)
        if piece.ends:
            builder.lift_merged(piece.merged)
            sheets.append(builder.build(piece.hidden_columns, frozenset(piece.untold)))
    return tuple(sheet for sheet in sheets if sheet.rows)
