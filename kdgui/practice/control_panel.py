"""The paths under /practice/: ledger, faults, switches, examples; for tests and curious people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from kdgui.practice.answers import Json
from kdgui.practice.faults import FAULTS, Faults, is_fault
from kdgui.practice.ledger import Ledger
from kdgui.practice.switches import SWITCH_NAMES, Switches
from kdgui.practice.wire import BadBody, Reply, Request, json_reply, read_json

PREFIX = "/practice/"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class ControlPanel:
    """Answers /practice/…

    GET  ledger      {"entries": […], "posts": […]}
    GET  state       {"faults": {…}, "switches": {…}, "known_faults": {name: line}}
    GET  examples    {form id: {what it is an example of: [numbers]}} of the first data centre
    POST faults      {name: probability | {"at": [n, …], …} | 0, switch: position, …}; answers state
    POST reset       {} or {"books": true}: faults and switches off, sessions ended; books written anew
    """

    def __init__(
        self,
        ledger: Ledger,
        faults: Faults,
        switches: Switches,
        examples: Callable[[], Json],
        reset: Callable[[bool], None],
    ) -> None:
        self._ledger = ledger
        self._faults = faults
        self._switches = switches
        self._examples = examples
        self._reset = reset

    def answer(self, request: Request) -> Reply:
        """The reply to a request under /practice/."""
        host = urlsplit("//" + request.headers.get("host", "")).hostname
        if host not in LOCAL_HOSTS:
            return _problem(403, "only for this computer")
        what = (request.method, request.path.removeprefix(PREFIX).strip("/"))
        if what == ("GET", "ledger"):
            return json_reply(self._ledger.as_json())
        if what == ("GET", "state"):
            return json_reply(self.state())
        if what == ("GET", "examples"):
            return json_reply(self._examples())
        try:
            given = read_json(request.body.decode() or "{}")
            if not isinstance(given, dict):
                return _problem(400, "an object is wanted")
            if what == ("POST", "faults"):
                self.turn(given)
                return json_reply(self.state())
            if what == ("POST", "reset"):
                self._reset(bool(given.get("books")))
                return json_reply(self.state())
        except (ValueError, BadBody) as error:
            return _problem(400, str(error))
        return _problem(404, "ledger, state, examples, faults, reset")

    def turn(self, given: Mapping[str, Json]) -> None:
        """Switch faults and switches; ValueError for an unknown name, and then nothing is switched."""
        for name in given:
            if name not in SWITCH_NAMES and not is_fault(name):
                raise ValueError(f"no fault or switch named {name}")
        for name, value in given.items():
            if name in SWITCH_NAMES:
                self._switches.turn(name, value)
            else:
                self._faults.set(name, value)

    def state(self) -> Json:
        """What is switched on, and what could be."""
        known = {name: line for name, (_, line) in FAULTS.items()}
        return {"faults": self._faults.as_dict(), "switches": self._switches.as_dict(), "known_faults": known}


def _problem(status: int, message: str) -> Reply:
    reply = json_reply({"error": message})
    reply.status = status
    return reply
