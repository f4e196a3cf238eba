"""Settings: read and checked once, written as a whole, never a traceback."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kdgui.domain.errors import KdguiError
from kdgui.store.settings import RECENT, Settings, SettingsFile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.json"


def test_defaults_where_nothing_was_saved(file: Path) -> None:
    settings_file = SettingsFile(file)

    assert settings_file.load() == Settings()
    assert (settings_file.set_aside, settings_file.rejected) == (None, ())
    assert not file.exists()


def test_what_is_saved_comes_back(file: Path) -> None:
    settings = Settings(
        language="en",
        parallel=3,
        connect_seconds=2.5,
        proxy="",
        scheme="dark",
        favourites=("PUR_PurchaseOrder",),
        recent_forms=("STK_InStock",),
        recent_rules=(("STK_InStock", ("R1", "R2")),),
    )
    SettingsFile(file).save(settings)

    assert SettingsFile(file).load() == settings
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_proxy_and_the_systems_proxy_differ(file: Path) -> None:
    for proxy in (None, "", "http://proxy:3128"):
        SettingsFile(file).save(Settings(proxy=proxy))
        assert SettingsFile(file).load().proxy == proxy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "fr"),
        ("language", 1),
        ("parallel", 0),
        ("parallel", 4),
        ("parallel", "2"),
        ("parallel", True),
        ("connect_seconds", -1),
        ("connect_seconds", None),
        ("read_seconds", 1e9),
        ("quiet_broken_seconds", "soon"),
        ("scheme", "pink"),
        ("log_level", "LOUD"),
        ("favourites", "PUR_PurchaseOrder"),
        ("favourites", [1]),
        ("recent_rules", {"a": 1}),
        ("proxy", 7),
    ],
)
def test_a_bad_value_becomes_the_default_and_is_told(file: Path, name: str, value: object) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"language": "en", "parallel": 2, name: value}), encoding="utf-8")
    settings_file = SettingsFile(file)
    settings = settings_file.load()

    assert getattr(settings, name) == getattr(Settings(), name)
    assert settings_file.rejected == (name,)
    assert settings_file.set_aside is None
    others = {"language": "en", "parallel": 2}
    assert all(getattr(settings, other) == kept for other, kept in others.items() if other != name)


def test_keys_of_another_version_are_ignored(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"parallel": 2, "telepathy": true}', encoding="utf-8")
    settings_file = SettingsFile(file)

    assert settings_file.load() == Settings(parallel=2)
    assert settings_file.rejected == ()


@pytest.mark.parametrize(
    "content",
    [b'{"parallel": 2', b"[]", b'"x"', b"\xff\xfe\x00", b"null", b"\x00" * 100, b'{"language": "\xff"}'],
)
def test_a_damaged_file_is_set_aside_not_overwritten(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    settings_file = SettingsFile(file)

    assert settings_file.load() == Settings()
    assert settings_file.set_aside is not None
    assert settings_file.set_aside.read_bytes() == content
    assert not file.exists()
    settings_file.save(Settings(parallel=2))
    assert settings_file.set_aside.read_bytes() == content


def test_an_empty_file_is_told_too(file: Path) -> None:
    """A power failure may leave one where the file system does not keep its order."""
    file.parent.mkdir()
    file.touch()
    settings_file = SettingsFile(file)

    assert settings_file.load() == Settings()
    assert settings_file.set_aside is not None


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@hypothesis_settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_makes_a_traceback(file: Path, content: bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)

    assert isinstance(SettingsFile(file).load(), Settings)


def test_a_save_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(KdguiError, match="not_saved") as caught:
        SettingsFile(tmp_path / "home" / "settings.json").save(Settings())

    assert caught.value.detail


def test_what_was_used_comes_first() -> None:
    settings = Settings().with_used("PUR_PurchaseOrder", "R1").with_used("SAL_SaleOrder", "S")
    settings = settings.with_used("pur_purchaseorder", "R2").with_used("PUR_PurchaseOrder", "r1")

    assert [form.casefold() for form in settings.recent_forms] == ["pur_purchaseorder", "sal_saleorder"]
    assert settings.rules_used("PUR_PURCHASEORDER") == ("r1", "R2")
    assert settings.rules_used("SAL_SaleOrder") == ("S",)
    assert settings.rules_used("other") == ()


def test_a_form_used_without_a_rule_keeps_its_rules() -> None:
    settings = Settings().with_used("F", "R").with_used("F")

    assert settings.rules_used("F") == ("R",)


def test_what_was_used_long_ago_is_forgotten() -> None:
    settings = Settings()
    for number in range(RECENT + 5):
        settings = settings.with_used(f"F{number}", "R")

    assert len(settings.recent_forms) == len(settings.recent_rules) == RECENT
    assert settings.recent_forms[0] == f"F{RECENT + 4}"


def test_settings_are_a_value() -> None:
    assert replace(Settings(), parallel=2) == Settings(parallel=2)
    assert hash(Settings()) == hash(Settings())
