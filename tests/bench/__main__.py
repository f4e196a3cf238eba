"""`python -m tests.bench [NAME …] [--long]`: runs benchmarks and prints one table of ratios.

Peers run for real in the same minutes. Without a name all of them are run; `--long` takes larger numbers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from tests.bench import files, pushing, start, window
from tests.bench.measure import Figure, table

BENCHES: dict[str, Callable[..., Iterator[Figure]]] = {
    each.__name__: each
    for each in (
        start.start,
        start.commands,
        files.paste,
        files.export,
        files.workbook,
        window.tables,
        pushing.serial,
        pushing.parallel,
        pushing.merged,
        pushing.growth,
        pushing.history,
        pushing.check,
    )
}


def main() -> int:
    """Run them and print the table; 0, whatever the figures say: a busy machine is no fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="kdgui beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--long", action="store_true", help="larger numbers, for some twenty minutes")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BENCHES]:
        parser.error(f"unknown: {', '.join(unknown)}")
    figures: list[Figure] = []
    for name in arguments.names or BENCHES:
        print(f"{name} …", file=sys.stderr, flush=True)
        figures += BENCHES[name](long=arguments.long)
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
