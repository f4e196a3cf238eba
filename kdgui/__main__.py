"""The entry point: `kdgui` opens the window, `kdgui push …` and its sisters work on the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; the exit code (design section 6)."""
    from kdgui.cli.main import run

    arguments = sys.argv[1:] if argv is None else argv
    if list(arguments) == ["--read-workbook"]:  # a packaged program has no other way to start this process
        from kdgui.store.imports.binary_reader import serve

        return serve()
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
