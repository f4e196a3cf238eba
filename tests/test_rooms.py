"""Inside the packages too imports run one way, and `pushing` shows a short list of names only."""

from __future__ import annotations

import ast

import pytest

from tests.test_layers import HOUSE, imports, modules

MODULES = modules(HOUSE)

# From low to high; packages of one line never import one another, single modules of one line may.
ORDER = {
    "pushing": (
        ("connection",),
        ("schema",),
        ("lookup",),
        ("verify",),
        ("flow",),
        ("run",),
        ("team",),
        ("context",),
        ("lifecycle", "readiness", "inspect"),
        ("choices", "run_service"),
        ("services",),
        ("engine",),
    ),
    "k3cloud": (("http",), ("",)),
    "store": (
        ("atomic_files", "paths", "network_drives", "catalogue", "pinyin"),
        ("secrets", "settings", "logs", "policy", "profiles", "plans"),
        ("journal", "imports", "messages"),
        ("ledger", "exports", "instance_lock", "instances", "watch_folder"),
    ),
    "ui": (
        ("widgets", "jobs"),
        ("sign_in", "choose", "numbers", "results"),
        (
            "history",
            "run",
            "settings",
            "notices",
            "top_strip",
            "exporting",
            "help_dialog",
            "first_page",
            "crash",
            "about_dialog",
            "plan_bills",
            "team_sign",
        ),
        ("main_window",),
    ),
}

PUBLIC = {
    "BaseData", "BillLine", "BillLines", "BillStatus", "BillTotal", "CheckReport", "ConnectionReport",
    "FillColumns", "FillPlan", "FillProblem", "FindField", "FindForm", "FindProgress", "FindResult",
    "Finding", "FoundBill", "Observer", "Pause", "PushEngine", "PushPath", "RuleList", "RunControl", "Sum",
    "TeamLink", "TeamSetting", "TeamState", "Totals", "check_team", "check_team_address", "make_tables",
    "path_of", "report_lines",
}  # fmt: skip
"""What the rest of the program may take from `pushing`."""


def room_of(name: str) -> str:
    """The package inside its layer that a module belongs to; a module directly in the layer is its own."""
    return [*name.split("."), "", ""][2]


def floor_of(layer: str, room: str) -> int:
    floors = ORDER[layer]
    found = next((place for place, rooms in enumerate(floors) if room in rooms), None)
    if found is None:
        found = next((place for place, rooms in enumerate(floors) if "" in rooms), None)
    assert found is not None, f"{layer}/{room} has no place in ORDER"
    return found


@pytest.mark.parametrize("layer", ORDER)
def test_rooms_import_downwards_only(layer: str) -> None:
    wrong = []
    for name in MODULES:
        room = room_of(name)
        if name.split(".")[1:2] != [layer] or not room:
            continue
        for imported in imports(name, MODULES):
            other = room_of(imported)
            if imported.split(".")[1:2] != [layer] or other in ("", room):
                continue
            here, there = floor_of(layer, room), floor_of(layer, other)
            both = all((HOUSE / layer / each).is_dir() for each in (room, other))
            if there > here or (there == here and both):
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_the_public_face_of_pushing() -> None:
    taken: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        if name.startswith("kdgui.pushing"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kdgui.pushing"):
                for alias in node.names:
                    taken.setdefault(alias.name, set()).add(name)
    assert {name: users for name, users in taken.items() if name not in PUBLIC} == {}
