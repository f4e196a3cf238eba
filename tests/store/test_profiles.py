"""The list of sign-ins: last used first, no secrets, never overwritten when damaged."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from kdgui.domain.accounts import SignInMode
from kdgui.store.profiles import DataCentreLabel, Profile, ProfileBook, label_of

WANG = Profile("http://127.0.0.1:8099/k3cloud/", "20260101a0b1c2", "wang", data_centre_name="小河贸易")
LI = replace(
    WANG, user="li", mode=SignInMode.APP_SECRET, app_id="270001_x", label=DataCentreLabel.TEST, remember=True
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "profiles.json"


def test_the_last_used_comes_first(file: Path) -> None:
    book = ProfileBook(file)
    assert (book.load(), book.last_used()) == ((), None)
    for profile in (WANG, LI, WANG):
        book.save(profile)

    assert ProfileBook(file).load() == (WANG, LI)
    assert ProfileBook(file).last_used() == WANG


def test_one_profile_an_account(file: Path) -> None:
    book = ProfileBook(file)
    book.save(WANG)
    changed = replace(WANG, server=WANG.server.upper(), label=DataCentreLabel.PRACTICE, name="练习")
    book.save(changed)

    assert book.load() == (changed,)


def test_the_practice_account_is_kept_once_whatever_its_port(file: Path) -> None:
    book = ProfileBook(file)
    for port in (1, 2, 3):
        book.save(replace(WANG, server=f"http://127.0.0.1:{port}/k3cloud/", name="practice"))
        book.save(replace(WANG, server=f"http://127.0.0.1:{port}/k3cloud/", user="li"))

    assert [profile.name for profile in book.load()] == ["", "practice", "", ""]


def test_removing(file: Path) -> None:
    book = ProfileBook(file)
    book.save(WANG)
    book.save(LI)
    book.remove(LI)
    book.remove(LI)

    assert book.load() == (WANG,)


def test_accounts_differ_by_server_data_centre_user_and_mode() -> None:
    others = [
        replace(WANG, server="http://other/"),
        replace(WANG, data_centre_id="x"),
        replace(WANG, user="li"),
        replace(WANG, mode=SignInMode.APP_SECRET),
    ]

    assert len({profile.account for profile in (WANG, *others)}) == 5
    assert replace(WANG, name="x", label=DataCentreLabel.TEST).account == WANG.account


@pytest.mark.parametrize(
    ("label", "production"),
    [
        (None, True),
        (DataCentreLabel.PRODUCTION, True),
        (DataCentreLabel.TEST, False),
        (DataCentreLabel.PRACTICE, False),
    ],
)
def test_what_has_no_label_is_production(label: DataCentreLabel | None, production: bool) -> None:
    assert replace(WANG, label=label).production is production


def test_a_label_belongs_to_a_data_centre_of_a_server() -> None:
    """A server restored from a backup has the same ids: its green label must not reach the real books."""
    trial = Profile("https://test.example/k3cloud/", "AB1", "wang", label=DataCentreLabel.TEST)
    practice = replace(WANG, label=DataCentreLabel.PRACTICE)
    profiles = (replace(trial, user="li", label=None), trial, practice)

    assert label_of(profiles, "HTTPS://TEST.example/k3cloud/", "ab1") is DataCentreLabel.TEST
    assert label_of(profiles, "https://erp.example/k3cloud/", "ab1") is None
    assert label_of(profiles, "http://127.0.0.1:1/k3cloud/", WANG.data_centre_id) is DataCentreLabel.PRACTICE


def test_no_field_for_a_secret() -> None:
    assert not {field.name for field in fields(Profile)} & {"password", "secret", "app_secret"}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"profiles": 3}', b"\xff\x00", b"null"])
def test_a_damaged_file_is_set_aside(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    book = ProfileBook(file)

    assert book.load() == ()
    assert book.set_aside is not None
    assert book.set_aside.read_bytes() == content
    book.save(WANG)
    assert book.load() == (WANG,)
    assert book.set_aside.read_bytes() == content


def test_one_damaged_profile_does_not_cost_the_others(file: Path) -> None:
    book = ProfileBook(file)
    book.save(WANG)
    book.save(LI)
    content = json.loads(file.read_text(encoding="utf-8"))
    content["profiles"].insert(1, {"server": 5})
    content["profiles"].append({"server": "s", "data_centre_id": "d", "user": "u", "mode": "telepathy"})
    file.write_text(json.dumps(content), encoding="utf-8")
    before = file.read_bytes()

    assert book.load() == (LI, WANG)
    assert book.set_aside is not None
    assert book.set_aside.read_bytes() == before
    assert ProfileBook(file).load() == (LI, WANG)


def test_two_damaged_files_in_one_second_are_both_kept(file: Path) -> None:
    file.parent.mkdir()
    book = ProfileBook(file)
    kept = []
    for content in (b"one", b"two", b"three"):
        file.write_bytes(content)
        book.load()
        kept.append(book.set_aside)

    assert [path.read_bytes() for path in kept if path] == [b"one", b"two", b"three"]


def test_an_unknown_key_is_ignored(file: Path) -> None:
    file.parent.mkdir()
    entry = {"server": "s", "data_centre_id": "d", "user": "u", "mode": "password", "mood": 1}
    file.write_text(json.dumps({"version": 2, "profiles": [entry], "more": []}), encoding="utf-8")

    assert ProfileBook(file).load() == (Profile("s", "d", "u"),)
