"""Imports point down, nothing below ui knows Qt, and nothing runs in a circle."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "kdgui"
ROOF = "the roof"

MAY_IMPORT = {
    "domain": set(),
    "k3cloud": {"domain"},
    "store": {"domain"},
    "practice": {"domain"},
    "pushing": {"k3cloud", "store", "domain"},
    "ui": {"pushing", "k3cloud", "store", "domain"},
    ROOF: {"ui", "pushing", "k3cloud", "store", "practice", "domain"},
}
KNOWS_QT = {"ui", ROOF}
QT = {"PySide6", "shiboken6", "PyQt5", "PyQt6", "qtpy"}


def modules(house: Path) -> dict[str, Path]:
    """Every module of the house by its dotted name; a package goes by the name of its folder."""
    found = {}
    for path in sorted(house.rglob("*.py")):
        parts = path.relative_to(house.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, known: dict[str, Path]) -> set[str]:
    """What `name` imports: at the top, inside functions, for type checking, by name at run time."""
    is_package = known[name].name == "__init__.py"
    tree = ast.parse(known[name].read_text(encoding="utf-8"))
    return set(_imported(tree, name if is_package else name.rpartition(".")[0], known))


def _imported(tree: ast.AST, package: str, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(node, package, known)
        elif isinstance(node, ast.Call):
            yield from _imported_at_run_time(node)


def _imported_from(node: ast.ImportFrom, package: str, known: dict[str, Path]) -> Iterator[str]:
    """`from a import b` means the module a.b where there is one, else something that a defines."""
    base = node.module or ""
    if node.level:
        up = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*up, base] if base else up)
    for alias in node.names:
        whole = f"{base}.{alias.name}"
        yield whole if whole in known else base


def _imported_at_run_time(node: ast.Call) -> Iterator[str]:
    function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if function in ("import_module", "__import__") and node.args and isinstance(node.args[0], ast.Constant):
        yield str(node.args[0].value)


def layer_of(name: str, house: Path) -> str:
    """The floor of a module of the house; modules directly in it, and the house itself, are its roof."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else ROOF


def may_import(layer: str, imported: str, house: Path) -> bool:
    """Whether a module of `layer` may import `imported`, of this house or foreign."""
    top = imported.partition(".")[0]
    if imported == house.name:
        return True  # it lies under everything: it carries the version and imports nothing
    if top == house.name:
        return layer_of(imported, house) in {layer, *MAY_IMPORT[layer]}
    if layer == "domain":
        return top in sys.stdlib_module_names
    return top not in QT or layer in KNOWS_QT


def faults(house: Path) -> list[str]:
    """Every arrow that runs up or sideways, every Qt below ui, every foreign library in domain."""
    known = modules(house)
    return [
        f"{name} imports {imported}"
        for name in known
        for imported in sorted(imports(name, known))
        if not may_import(layer_of(name, house), imported, house)
    ]


def circle(house: Path) -> list[str]:
    """The modules of one circle of imports, first and last the same; [] where there is none."""
    known = modules(house)
    arrows = {name: sorted(imports(name, known) & known.keys() - {name}) for name in known}
    done: set[str] = set()
    for start in arrows:
        found = _walk(start, arrows, [], done)
        if found:
            return found
    return []


def _walk(name: str, arrows: dict[str, list[str]], path: list[str], done: set[str]) -> list[str]:
    if name in path:
        return [*path[path.index(name) :], name]
    if name in done:
        return []
    for following in arrows[name]:
        found = _walk(following, arrows, [*path, name], done)
        if found:
            return found
    done.add(name)
    return []


def test_every_floor_is_known() -> None:
    folders = {path.name for path in HOUSE.iterdir() if any(path.glob("*.py"))}
    assert folders <= {*MAY_IMPORT, "cli"} - {ROOF}


def test_imports_point_down() -> None:
    assert faults(HOUSE) == []


def test_no_circles() -> None:
    assert circle(HOUSE) == []


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """A sound house of the same floors, to be spoilt."""
    house = tmp_path / "kdgui"
    for layer in MAY_IMPORT.keys() - {ROOF}:
        (house / layer).mkdir(parents=True)
        (house / layer / "__init__.py").write_text("")
    (house / "__init__.py").write_text("")
    (house / "app.py").write_text(
        "from kdgui.ui import window\nimport PySide6.QtWidgets\nfrom . import practice\n"
    )
    (house / "ui" / "window.py").write_text(
        "from PySide6 import QtCore\nfrom kdgui.domain.bills import Bill\n"
    )
    (house / "domain" / "bills.py").write_text("import enum\nclass Bill: ...\n")
    (house / "store" / "journal.py").write_text("from kdgui import __version__\nimport msgspec\n")
    return house


def test_a_sound_house_passes(small_house: Path) -> None:
    assert faults(small_house) == []
    assert circle(small_house) == []


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("domain/bills.py", "import msgspec"),
        ("domain/bills.py", "from kdgui.store import journal"),
        ("domain/bills.py", "from ..store import journal"),
        ("store/journal.py", "from .. import k3cloud"),
        ("store/journal.py", "from kdgui import app"),
        ("store/journal.py", "def f():\n    from kdgui.pushing import desk"),
        ("store/journal.py", "def f():\n    import PySide6.QtCore"),
        ("store/journal.py", "import importlib\nimportlib.import_module('kdgui.ui.window')"),
        ("k3cloud/__init__.py", "from ..store.journal import x"),
        ("practice/__init__.py", "import kdgui.k3cloud"),
        ("ui/window.py", "import kdgui.practice"),
        ("ui/window.py", "from kdgui.app import build"),
        ("pushing/__init__.py", "from shiboken6 import isValid"),
    ],
)
def test_an_arrow_that_runs_up_is_found(small_house: Path, where: str, line: str) -> None:
    (small_house / where).write_text(line + "\n")
    assert len(faults(small_house)) == 1


@pytest.mark.parametrize(
    "line",
    ["from kdgui.ui import window", "def f():\n    from . import window", "import kdgui.ui.window as w"],
)
def test_a_circle_is_found_even_inside_functions(small_house: Path, line: str) -> None:
    (small_house / "ui" / "window.py").write_text("import kdgui.ui.panes\n")
    (small_house / "ui" / "panes.py").write_text("from .grid import Grid\n")
    (small_house / "ui" / "grid.py").write_text(line + "\n")
    found = circle(small_house)
    assert found[0] == found[-1]
    assert set(found) == {"kdgui.ui.window", "kdgui.ui.panes", "kdgui.ui.grid"}
