"""A data centre is one at its server: a restored copy with the same id is another one."""

from __future__ import annotations

import pytest

from kdgui.domain.accounts import DataCentreKey
from kdgui.store.profiles import Profile

REAL = Profile("http://ERP.example:8080/k3cloud/", "5F00AB", "demo")


@pytest.mark.parametrize(
    ("server", "data_centre_id", "same"),
    [
        ("http://erp.example:8080/K3Cloud/", "5f00ab", True),
        ("http://test.example:8080/k3cloud/", "5F00AB", False),
        ("http://erp.example:8080/k3cloud/", "5F00AC", False),
        ("http://erp.example:8081/k3cloud/", "5F00AB", False),
    ],
)
def test_server_and_id_tell_it_without_regard_to_case(server: str, data_centre_id: str, same: bool) -> None:
    other = Profile(server, data_centre_id, "somebody else")
    assert (DataCentreKey.of(REAL) == DataCentreKey.of(other)) is same


def test_only_on_this_pc_the_port_does_not_matter() -> None:
    one, other = (DataCentreKey.of(Profile(f"http://127.0.0.1:{port}/k3cloud/", "1", "u")) for port in (1, 2))
    assert one != other
    assert one.any_port == other.any_port
    assert DataCentreKey.of(REAL).any_port == DataCentreKey.of(REAL)
