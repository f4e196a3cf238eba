"""The log: one rotating file that is the user's alone, with passwords and session ids masked."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from kdgui.domain.errors import BadInput
from kdgui.store.paths import Paths, make_private_dir

MAX_BYTES = 1_000_000
BACKUPS = 5
MASK = "***"
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"

_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|app_?secret|client_?secret|access_?token|refresh_?token|token|sign"
    r"|kdservice-?session-?id|kdsvcsession_?id|asp\.net_sessionid|session_?id"
    r"|x-kd-signature|x-api-signature|x-kd-appdata"
)
_QUOTED = rf"(?P<keep>\b(?:{_NAMES})\b(?:\\?[\"'])?\s*[:=]\s*)(?P<quote>\\?[\"'])(?P<value>.*?)(?P=quote)"
_BARE = rf"(?P<keep>\b(?:{_NAMES})\b(?:\\?[\"'])?\s*[:=]\s*)(?P<value>[^\s\"',;&}}\])]+)"
_HIDDEN = (
    # "password": "…", password='…', Password=…, appSecret: …
    re.compile(_QUOTED, re.IGNORECASE),
    re.compile(_BARE, re.IGNORECASE),
    re.compile(r"(?P<keep>\b(?:set-)?cookie\b[\"']?\s*[:=]\s*)(?P<value>.+)", re.IGNORECASE),
    re.compile(r"(?P<keep>\b(?:proxy-)?authorization\b[\"']?\s*[:=]\s*)(?P<value>.+)", re.IGNORECASE),
    # user:password@ in an address; no scheme is long, and without a limit a long line takes minutes
    re.compile(r"(?P<keep>\b[a-z][a-z0-9+.-]{1,20}://)(?P<value>[^\s/@]+)(?=@)", re.IGNORECASE),
)


def mask(text: str) -> str:
    """The text with the values of passwords, tokens, session ids, signatures and cookies hidden."""
    for pattern in _HIDDEN:
        text = pattern.sub(_masked, text)
    return text


def _masked(match: re.Match[str]) -> str:
    quote = match.groupdict().get("quote") or ""
    return f"{match['keep']}{quote}{MASK}{quote}"


class MaskingFormatter(logging.Formatter):
    """Masks the finished text. A filter would see the message only, and not the traceback under it."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class _PrivateFileHandler(RotatingFileHandler):
    """A rotating file whose every part is made with mode 0600 (where the OS has modes)."""

    def _open(self):  # type: ignore[no-untyped-def]  # the base class names no type that can be repeated
        os.close(os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class names it
        """A full disk, or a second process that holds the file, does not go into the program's output."""


def configure_logging(places: Paths, level: str = "INFO", name: str = "kdgui.log") -> logging.Handler:
    """Log to `logs/kdgui.log` (or `name`) in the data folder, about 1 MB and five older ones.

    Gives the handler, for removing.

    Everything goes there through the root logger; calling it again replaces the handler. A folder that
    cannot be written is no reason not to start: then nothing is logged.
    """
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, _PrivateFileHandler)]:
        root.removeHandler(old)
        old.close()
    handler = _make_handler(places.log_dir / name)
    root.addHandler(handler)
    root.setLevel(level)
    return handler


def _make_handler(path: Path) -> logging.Handler:
    try:
        make_private_dir(path.parent)
        handler = _PrivateFileHandler(path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8")
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(MaskingFormatter(_FORMAT))
    return handler


@contextmanager
def command_logging(places: Paths, level: str, further: Path | None) -> Iterator[None]:
    """Log a command to `logs/kdgui-cli.log`, beside a window that writes its own, and to a `further` file.

    Raises BadInput: log_file_unusable.
    """
    root = logging.getLogger()
    handlers: list[logging.Handler] = [configure_logging(places, level, "kdgui-cli.log")]
    if further is not None:
        try:
            handlers.append(_PrivateFileHandler(further, encoding="utf-8"))
        except OSError as error:
            raise BadInput("log_file_unusable", error.strerror or "", path=further) from None
        handlers[-1].setFormatter(MaskingFormatter(_FORMAT))
        root.addHandler(handlers[-1])
    try:
        yield
    finally:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()
