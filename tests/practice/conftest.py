"""A practice server on a free port, and a plain client that speaks its wire protocol."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from kdgui.practice import Invitation, PracticeServer

CATALOGUE = Path(__file__).parents[2] / "resources" / "catalogue.json"
STUB = "Kingdee.BOS.WebApi.ServicesStub."
ORDER_TO_STOCK = "PUR_PurchaseOrder-STK_InStock"
Json = Any


class Client:
    """One client with its cookies. Answers are parsed JSON unless `post` is used."""

    def __init__(self, invitation: Invitation) -> None:
        self.invitation = invitation
        self.web = requests.Session()
        self.web.trust_env = False

    def post(self, service: str, **how: Any) -> requests.Response:
        return self.web.post(f"{self.invitation.url}{STUB}{service}.common.kdsvc", timeout=20, **how)

    def sign_in(self, user: str = "", data_centre: str = "", password: str = "") -> Json:
        who = self.invitation
        given = [data_centre or who.data_centre, user or who.user, password or who.password, 2052]
        return self.post("AuthService.ValidateUser", json={"parameters": given}).json()

    def call(self, method: str, *arguments: Json) -> Json:
        return self.post(f"DynamicFormService.{method}", json={"parameters": arguments}).json()

    def query(self, form_id: str, keys: str, filter_string: Json = "", **more: Json) -> Json:
        data = {"FormId": form_id, "FieldKeys": keys, "FilterString": filter_string, **more}
        return self.call("ExecuteBillQuery", json.dumps(data))

    def push(self, numbers: Sequence[str] = (), **more: Json) -> Json:
        form_id = more.pop("form_id", "PUR_PurchaseOrder")
        data = {"Ids": "", "Numbers": list(numbers), "RuleId": ORDER_TO_STOCK, **more}
        return self.call("Push", form_id, json.dumps(data))["Result"]

    def control(self, path: str, body: Json = None) -> Json:
        url = self.invitation.url.replace("/k3cloud/", "/practice/") + path
        answer = self.web.get(url, timeout=20) if body is None else self.web.post(url, json=body, timeout=20)
        return answer.json()

    def faults(self, **switched: Json) -> None:
        self.control("faults", switched)


def entities(result: Mapping[str, Json], block: str = "ResponseStatus") -> list[Json]:
    """SuccessEntitys of an answer to a write."""
    return list(result[block]["SuccessEntitys"])


def messages(result: Mapping[str, Json], block: str = "ResponseStatus") -> list[str]:
    """The words of all Errors of an answer to a write."""
    return [error["Message"] for error in result[block]["Errors"]]


def refused(answer: Json) -> Json:
    """The ResponseStatus of a refused query, unwrapped from its two lists."""
    return answer[0][0]["Result"]["ResponseStatus"]


@pytest.fixture(scope="session")
def catalogue() -> Mapping[str, Json]:
    read: Mapping[str, Json] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="session")
def asking(catalogue: Mapping[str, Json]) -> Iterator[Client]:
    """A signed-in client of one server for all tests that only ask: nothing is switched or written."""
    practice = PracticeServer(catalogue)
    client = Client(practice.start())
    client.sign_in()
    yield client
    client.web.close()
    practice.stop()
    assert practice.crashes == ()


@pytest.fixture(scope="session")
def written(catalogue: Mapping[str, Json], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with books just written: copying them is quicker than writing them for every test."""
    folder = tmp_path_factory.mktemp("written")
    PracticeServer(catalogue, data_dir=folder).stop()
    return folder


@pytest.fixture
def server(
    request: pytest.FixtureRequest, catalogue: Mapping[str, Json], written: Path, tmp_path: Path
) -> Iterator[PracticeServer]:
    """A running server; parametrise indirectly with constructor arguments."""
    folder = Path(shutil.copytree(written, tmp_path / "practice-books"))
    practice = PracticeServer(catalogue, data_dir=folder, **getattr(request, "param", {}))
    practice.start()
    yield practice
    practice.stop()
    assert practice.crashes == ()


@pytest.fixture
def stranger(server: PracticeServer) -> Iterator[Client]:
    """A client that is not signed in."""
    client = Client(server.invitation)
    yield client
    client.web.close()


@pytest.fixture
def client(stranger: Client) -> Client:
    """A client signed in as demo."""
    assert stranger.sign_in()["LoginResultType"] == 1
    return stranger


@pytest.fixture
def orders(asking: Client) -> dict[str, list[str]]:
    """Purchase orders by what they are examples of: the same in the books of every server."""
    found: dict[str, list[str]] = asking.control("examples")["PUR_PurchaseOrder"]
    return found
