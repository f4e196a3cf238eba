"""The entry point: `kdgui` opens the window, `kdgui push …` and its sisters work on the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; the exit code (design section 6)."""
    import multiprocessing

    multiprocessing.freeze_support()  # the frozen program starts itself for `self-check`
    from kdgui.cli.main import run

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
