"""Where the data folder and the resources are."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kdgui.domain.errors import JournalTrouble
from kdgui.store.paths import Paths, close_to_others, find_paths, make_private_dir, resources_dir


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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_data_folder_that_others_can_write_is_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert close_to_others(home) is False, "not there yet"
    home.mkdir()
    home.chmod(0o777)
    assert close_to_others(home) is True
    assert stat.S_IMODE(home.stat().st_mode) == 0o755
    assert close_to_others(home) is False


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_data_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o777)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(JournalTrouble) as trouble:
        close_to_others(tmp_path)
    assert trouble.value.code == "folder_open_to_others"
