"""The policy of a machine: read strictly, never ignored, and what it sets nobody can lower."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kdgui.domain.errors import BadInput
from kdgui.store.policy import EVERYTHING, load_policy, policy_path
from kdgui.store.profiles import DataCentreColour, DataCentreLabel, Profile
from kdgui.store.settings import Settings

WHOLE = """
servers = ["https://erp.example/k3cloud/"]
parallel = 1
retention_days = 90
team_ledger = "postgresql+psycopg://kdgui@db.example/kdgui"

[[data_centres]]
server = "HTTPS://erp.example/k3cloud"
id = "5E0A"
label = "test"
colour = "blue"

[network]
proxy = ""

[allow]
delete = false
plain_http = false
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    return path


def test_without_a_file_everything_is_allowed(tmp_path: Path) -> None:
    policy = load_policy(tmp_path / "policy.toml")
    assert policy is EVERYTHING
    assert all(policy.allows(name) for name in ("push", "submit", "audit", "unaudit", "delete"))


def test_what_it_says_holds_over_what_the_clerk_chose(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, WHOLE))
    assert (policy.allows("delete"), policy.allows("submit"), policy.retention_days) == (False, True, 90)
    settings = policy.settings(Settings(parallel=3, proxy="http://proxy.example:8080"))
    assert (settings.parallel, settings.proxy) == (1, "")


def test_a_label_cannot_be_lowered(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, WHOLE))
    here = Profile("https://erp.example/k3cloud/", "5e0a", "demo", label=DataCentreLabel.PRACTICE)
    shown = policy.labelled(here)
    assert (shown.label, shown.colour) == (DataCentreLabel.TEST, DataCentreColour.BLUE)
    careful = Profile("https://erp.example/k3cloud/", "5e0a", "demo", label=DataCentreLabel.PRODUCTION)
    assert policy.labelled(careful).label is DataCentreLabel.PRODUCTION
    elsewhere = Profile("https://other.example/k3cloud/", "5e0a", "demo", label=DataCentreLabel.PRACTICE)
    assert policy.labelled(elsewhere) == elsewhere


@pytest.mark.parametrize(
    "text",
    [
        "[allow]\ndelet = false",
        "servers = 'https://erp.example'",
        "parallel = 9",
        "retention_days = 0",
        "[allow]\ndelete = 'no'",
        "[network]\nca_file = '/nowhere/ca.pem'",
        "this is no TOML",
        "x = \x00",
    ],
)
def test_a_damaged_policy_is_never_taken_for_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput) as trouble:
        load_policy(written(tmp_path, text))
    assert trouble.value.code == "policy_damaged"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_policy_that_anybody_can_write_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    path.chmod(0o666)
    with pytest.raises(BadInput) as trouble:
        load_policy(path)
    assert trouble.value.code == "policy_open_to_others"


@pytest.mark.skipif(os.name == "nt", reason="a folder of Linux")
def test_no_variable_moves_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = policy_path()
    for name in ("XDG_CONFIG_DIRS", "KDGUI_HOME", "ProgramData"):
        monkeypatch.setenv(name, str(tmp_path))
    assert policy_path() == before
