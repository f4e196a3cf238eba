"""The test of a connection: the layers on the way to a server, and how far it went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kdgui.domain.errors import KdguiError


class Layer(StrEnum):
    """What a connection goes through, from near to far; by way of a proxy, PROXY stands for NAME and PORT."""

    ADDRESS = "address"
    PROXY = "proxy"
    NAME = "name"
    PORT = "port"
    TLS = "tls"
    HTTP = "http"
    API = "api"
    LIST = "list"
    SIGN_IN = "sign_in"


class StepState(StrEnum):
    """How a layer stands; NOTED: not as it should be, and no obstacle."""

    TRYING = "trying"
    PASSED = "passed"
    NOTED = "noted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One layer, as it stands now; the next Step of the same layer takes its place.

    Attributes:
        code: where there is more to say than that it was passed: `probe.<code>` in words.
        values: what that sentence is filled with.
        trouble: why it failed, or what is noted; or None.
    """

    layer: Layer
    state: StepState
    code: str = ""
    values: tuple[tuple[str, str], ...] = ()
    trouble: KdguiError | None = None
