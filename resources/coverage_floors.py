"""Tells how much of each layer the tests run, and fails where a layer falls below its floor.

python resources/coverage_floors.py coverage.json      as `pytest --cov=kdgui --cov-report=json` writes it
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path, PurePath

FLOORS = {"domain": 97.0, "k3cloud": 95.0, "store": 93.0, "pushing": 92.0}
"""Percent of statements; what runs in processes of its own (the command line, kill -9) is not counted."""


def main(path: str) -> int:
    """Print a line for each layer; 1 where one is below its floor."""
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    statements: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for name, file in report["files"].items():
        parts = PurePath(name.replace("\\", "/")).parts
        layer = parts[parts.index("kdgui") + 1] if len(parts) - parts.index("kdgui") > 2 else "(wiring)"
        statements[layer] += file["summary"]["num_statements"]
        covered[layer] += file["summary"]["covered_lines"]
    below = []
    for layer in sorted(statements):
        percent = 100.0 * covered[layer] / max(statements[layer], 1)
        floor = FLOORS.get(layer)
        print(f"{layer:10} {percent:5.1f} %" + (f"  floor {floor:.0f} %" if floor else ""))
        if floor is not None and percent < floor:
            below.append(layer)
    if below:
        print(f"below their floor: {', '.join(below)}", file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
