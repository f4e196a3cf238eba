"""Where the data folder and the resources are."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kdgui.store.paths import Paths, find_paths, make_private_dir, resources_dir


def test_the_variable_names_the_folder(tmp_path: Path) -> None:
    places = find_paths({"KDGUI_HOME": str(tmp_path / "数据 1")})

    assert places.home == tmp_path / "数据 1"
    assert places.journal == places.home / "journal.sqlite"
    assert {file.parent for file in (places.profiles, places.settings, places.lock, places.log_dir)} == {
        places.home
    }
    assert not places.home.exists()


def test_a_relative_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert find_paths({"KDGUI_HOME": "data"}).home == tmp_path / "data"


@pytest.mark.parametrize("environ", [{}, {"KDGUI_HOME": " "}])
def test_else_the_folder_of_the_platform(environ: dict[str, str]) -> None:
    home = find_paths(environ).home

    assert home.is_absolute()
    assert "kdgui" in home.parts[-1]


def test_the_resources_are_there() -> None:
    assert (resources_dir() / "catalogue.json").is_file()
    assert (resources_dir() / "words.zh.json").is_file()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_folders_are_private_and_old_ones_left_alone(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir(mode=0o755)
    old.chmod(0o755)
    make_private_dir(old / "new" / "deep")

    assert stat.S_IMODE(old.stat().st_mode) == 0o755
    assert stat.S_IMODE((old / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((old / "new" / "deep").stat().st_mode) == 0o700


def test_places_are_a_value() -> None:
    assert Paths(Path("a")) == Paths(Path("a"))
