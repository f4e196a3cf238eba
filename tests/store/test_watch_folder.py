"""A watched folder: only finished files, each claimed once, and whole at whatever point it is cut off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kdgui.domain.errors import BadInput
from kdgui.store import watch_folder
from kdgui.store.watch_folder import DONE, TO_DO, Claim, WatchFolder


class Cut(BaseException):
    """The power is gone."""


def put(folder: Path, name: str, text: str = "CGDD000401\n") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_only_files_that_have_come_to_rest_are_finished(tmp_path: Path) -> None:
    folder = WatchFolder(tmp_path)
    growing, whole = put(tmp_path, "growing.csv"), put(tmp_path, "whole.xlsx")
    for name in ("~$whole2.xlsx", ".hidden.csv", "x.tmp", "y.crdownload", "z.pdf", "empty.txt"):
        put(tmp_path, name, "" if name == "empty.txt" else "x")
    put(tmp_path, "open.xlsx")
    put(tmp_path, "~$open.xlsx")
    assert folder.finished() == ()
    put(tmp_path, "growing.csv", "CGDD000401\nCGDD000402\n")
    assert folder.finished() == (whole,)
    assert folder.finished() == (growing, whole) or set(folder.finished()) == {growing, whole}


def test_a_file_is_claimed_once(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt")
    one, other = WatchFolder(tmp_path), WatchFolder(tmp_path)
    claim = one.claim(path, "plan")
    assert claim is not None
    assert claim.file.read_text(encoding="utf-8") == "CGDD000401\n"
    assert other.claim(path, "plan") is None
    assert [each.state for each in other.claims("plan")] == [claim.state]
    assert len(list((tmp_path / "working").iterdir())) == 1, "a claim that came to nothing leaves nothing"


def test_two_watch_no_folder_together(tmp_path: Path) -> None:
    one, other = WatchFolder(tmp_path), WatchFolder(tmp_path)
    with one.held(), pytest.raises(BadInput, match="watch_in_use"), other.held():
        pass
    with WatchFolder(tmp_path).held():
        pass
    with pytest.raises(BadInput, match="watch_folder_missing"):
        WatchFolder(tmp_path / "none")


def test_names_that_are_taken_are_left_alone(tmp_path: Path) -> None:
    folder = WatchFolder(tmp_path)
    for _ in range(3):
        claim = folder.claim(put(tmp_path, "a.txt"), "plan")
        assert claim is not None
        carry_out(folder, claim)
    assert sorted(path.name for path in (tmp_path / DONE).iterdir()) == [
        *("a (2)-results.txt", "a (2).txt", "a (3)-results.txt", "a (3).txt", "a-results.txt", "a.txt")
    ]


def test_a_state_that_somebody_changed_is_not_guessed_at(tmp_path: Path) -> None:
    folder = WatchFolder(tmp_path)
    claim = folder.claim(put(tmp_path, "a.txt"), "plan")
    assert claim is not None
    (claim.folder / "state.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadInput, match="watch_state_damaged"):
        folder.claims("plan")


def carry_out(folder: WatchFolder, claim: Claim, pushed: list[str] | None = None) -> None:
    """What the command does with a claim; `pushed` stands for the books."""
    if not claim.state.folder:
        if not claim.state.runs:
            claim = folder.keep(claim, runs=("run-1",))
            if pushed is not None:
                pushed.append(claim.file.read_text(encoding="utf-8"))
        claim.out("results.txt").parent.mkdir(exist_ok=True)
        claim.out("results.txt").write_text("ok", encoding="utf-8")
        claim = folder.decide(claim, DONE, ("results.txt",))
    folder.bring_home(claim)


@pytest.mark.parametrize("after", [False, True])
def test_cut_off_at_any_step_it_ends_whole_and_pushed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """The power goes before, or after, each operation on the disk, one after the other."""
    operations = ((Path, "mkdir"), (Path, "rename"), (Path, "replace"), (Path, "unlink"), (os, "fsync"),
                  (watch_folder.shutil, "rmtree"), (watch_folder, "write_atomically"))  # fmt: skip
    for step in range(200):
        home = tmp_path / str(step)
        home.mkdir()
        path, pushed, count = put(home, "a.txt"), list[str](), iter(range(10_000))

        def cutting(real: object, step: int = step, count: object = count) -> object:
            def call(*args: object, **more: object) -> object:
                now = next(count)  # type: ignore[call-overload]
                if now == step and not after:
                    raise Cut
                result = real(*args, **more)  # type: ignore[operator]
                if now == step and after:
                    raise Cut
                return result

            return call

        cut = False
        with monkeypatch.context() as patch:
            for owner, name in operations:
                patch.setattr(owner, name, cutting(getattr(owner, name)))
            try:
                folder = WatchFolder(home)
                claim = folder.claim(path, "plan")
                assert claim is not None
                carry_out(folder, claim, pushed)
            except Cut:
                cut = True
        again = WatchFolder(home)
        for claim in again.claims("plan"):
            carry_out(again, claim, pushed)
        if path.exists():  # cut off before it was claimed
            claim = again.claim(path, "plan")
            assert claim is not None
            carry_out(again, claim, pushed)
        assert sorted(each.name for each in (home / DONE).iterdir()) == ["a-results.txt", "a.txt"], step
        assert again.claims("plan") == ()
        assert len(pushed) <= 1, f"pushed twice: {step}"
        if not cut:
            assert step > 8, "there were that many places to be cut off"
            return
    raise AssertionError("it never came to an end")


def test_what_is_to_be_done_goes_elsewhere(tmp_path: Path) -> None:
    folder = WatchFolder(tmp_path)
    claim = folder.claim(put(tmp_path, "a.txt"), "plan")
    assert claim is not None
    home = folder.bring_home(folder.decide(claim, TO_DO, ()))
    assert home == tmp_path / TO_DO / "a.txt"
    assert home.exists()
