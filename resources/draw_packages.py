"""Draws the packages of kdgui and their imports into resources/docs/architecture.md, from the code itself.

python resources/draw_packages.py            writes the drawing anew
python resources/draw_packages.py --check    fails where the page is out of date
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

TOP = Path(__file__).parents[1]
HOUSE = TOP / "kdgui"
PAGE = TOP / "resources" / "docs" / "architecture.md"
BEGIN, END = "<!-- packages: begin -->", "<!-- packages: end -->"
LAYERS = ("ui", "pushing", "k3cloud", "store", "practice", "domain")
"""From high to low, as tests/test_layers.py holds them; what lies above is the command line and wiring."""


def package_of(name: str) -> tuple[str, str]:
    """Layer and package of a dotted module name; "" for a module directly in its layer."""
    parts = name.split(".")
    layer = parts[1] if len(parts) > 1 and parts[1] in LAYERS else "kdgui"
    inside = parts[2] if layer != "kdgui" and len(parts) > 2 else ""
    return layer, inside if (HOUSE / layer / inside).is_dir() else ""


def imports_of(path: Path) -> set[str]:
    """Every module of kdgui that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name for name in found if name.startswith("kdgui")}


def purpose_of(folder: Path) -> str:
    """The first line of a package's docstring."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return text.splitlines()[0] if text else ""


def drawing() -> str:
    """Every layer with its packages: files, purpose, and the packages that they import."""
    modules: dict[tuple[str, str], int] = {}
    arrows: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for path in sorted(HOUSE.rglob("*.py")):
        name = ".".join(path.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")
        own = package_of(name if path.name != "__init__.py" else f"{name}.__init__")
        modules[own] = modules.get(own, 0) + (path.name != "__init__.py")
        arrows.setdefault(own, set()).update(map(package_of, imports_of(path)))
    lines = []
    for layer in ("kdgui", *LAYERS):
        folder = HOUSE if layer == "kdgui" else HOUSE / layer
        title = purpose_of(folder) if layer != "kdgui" else "Command line and wiring."
        lines += ["", f"**{layer}/**  {title}", ""]
        for own in sorted(each for each in modules if each[0] == layer):
            lines.append(_line(own, modules[own], arrows[own] - {own}))
    return "\n".join(line.rstrip() for line in lines).strip()


def _line(own: tuple[str, str], count: int, arrows: set[tuple[str, str]]) -> str:
    layer, inside = own
    name = inside or "(directly)"
    purpose = purpose_of(HOUSE / layer / inside) if inside else ""
    near = sorted(other for there, other in arrows if there == layer and other)
    far = sorted({there for there, _ in arrows if there not in (layer, "kdgui")}, key=LAYERS.index)
    uses = ", ".join([*near, *(f"{there}/" for there in far)]) or "nothing"
    return f"- `{name}` ({count}) {purpose} → {uses}"


def main(arguments: list[str]) -> int:
    """Write the drawing, or check it; the exit code."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    drawn = f"{before}{BEGIN}\n{drawing()}\n{END}{after}"
    if "--check" in arguments:
        if drawn == page:
            return 0
        print(
            "resources/docs/architecture.md is out of date: run resources/draw_packages.py", file=sys.stderr
        )
        return 1
    PAGE.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
