"""The entry point: `kdgui` opens the window, `kdgui push …` and its sisters work on the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; the exit code (design section 6)."""
    from kdgui.arguments import parse

    arguments = parse(sys.argv[1:] if argv is None else argv)
    from kdgui.cli.main import carry_out  # `--help` needs none of it

    return carry_out(arguments)


if __name__ == "__main__":
    sys.exit(main())
