"""The entry point: `kdgui` opens the window, `kdgui push …` and its sisters work on the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; the exit code (design section 6)."""
    if getattr(sys, "frozen", False):
        import multiprocessing

        multiprocessing.freeze_support()  # the frozen program starts itself for `self-check`
    if argv is None and misread(os.fsencode(__file__), sys.getfilesystemencoding()):
        # PySide6 would not start: Python is started once more, and takes names for what they are.
        os.execv(sys.executable, [sys.executable, "-X", "utf8", "-m", "kdgui", *sys.argv[1:]])  # noqa: S606 - itself
    arguments = sys.argv[1:] if argv is None else argv
    if list(arguments) == ["--read-workbook"]:  # a packaged program has no other way to start this process
        from kdgui.store.imports.binary_reader import serve

        return serve()
    from kdgui.arguments import parse

    parsed = parse(arguments)
    from kdgui.cli.main import carry_out  # `--help` needs none of it

    return carry_out(parsed)


def misread(path: bytes, encoding: str) -> bool:
    """Whether our folder is named in UTF-8 while the locale reads names otherwise (a GBK locale on Linux)."""
    if os.name == "nt" or getattr(sys, "frozen", False) or path.isascii() or "utf-8" in encoding.casefold():
        return False
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
