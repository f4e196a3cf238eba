"""The documents for the next engineer are true: files named, facts that the code cites, the drawing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
DOCS = TOP / "resources" / "docs"
PACKAGES = ("ui", "pushing", "k3cloud", "store", "practice", "domain", "cli", "verify", "lifecycle")


def test_the_packages_are_drawn_as_the_code_has_them() -> None:
    script = TOP / "resources" / "draw_packages.py"
    command = [sys.executable, str(script), "--check"]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z0-9_]+/)+(?:[a-z0-9_]+\.[a-z]+)?)`", text))
    places = (TOP, TOP / "kdgui", TOP / "kdgui" / "pushing", TOP / "kdgui" / "ui")
    lost = {name for name in named if not any((place / name).exists() for place in places)}
    assert lost == set()


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_fact_that_the_code_cites_is_in_the_page() -> None:
    page = (DOCS / "protocol.md").read_text(encoding="utf-8")
    known = {"".join(found) for found in re.findall(r"^## (\d+)|\*\*(\d+\.\d+)\b", page, re.MULTILINE)}
    cited: dict[str, str] = {}
    for path in (TOP / "kdgui").rglob("*.py"):
        for numbers in re.findall(
            r"protocol ((?:\d+(?:\.\d+)?(?:, | and )?)+)", path.read_text(encoding="utf-8")
        ):
            cited |= dict.fromkeys(re.findall(r"\d+(?:\.\d+)?", numbers), path.name)
    assert {number: where for number, where in cited.items() if number not in known} == {}
    assert cited
