"""Session state: what the server handed out at the sign-in (cookies, session id), shared by all siblings."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from email.utils import parsedate

from kdgui.domain.accounts import SignedIn
from kdgui.domain.bills import Organisation

SESSION_ID = "kdservice-sessionid"
_SAFE = re.compile(r"[\x21-\x7e]{1,4096}")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")


class SessionState:
    """Cookies and session id of one sign-in. Any thread may use it.

    Cookies go back to the one address they came from, whatever Path they name: servers set
    `/K3Cloud` and are asked under `/k3cloud` (protocol 6), where a browser's rules would drop them.

    Attributes:
        organisation: where the clerk works; outlives the sign-in, for a later one begins in the user's
            default organisation again. None where nobody told.
    """

    def __init__(self, organisation: Organisation | None = None) -> None:
        self._lock = threading.Lock()
        self.organisation = organisation
        self._cookies: dict[str, str] = {}
        self._session_id = ""
        self._generation = 0
        self.signed_in: SignedIn | None = None

    @property
    def generation(self) -> int:
        """Counts the sign-ins; an answer to a request of an earlier one teaches nothing."""
        with self._lock:
            return self._generation

    def drop(self) -> None:
        """Forget everything (before a sign-in, after a sign-out); a new generation begins."""
        with self._lock:
            self._cookies.clear()
            self._session_id = ""
            self.signed_in = None
            self._generation += 1

    def admit(self, signed_in: SignedIn, session_id: str) -> None:
        """The sign-in succeeded; `session_id` is KDSVCSessionId, "" where only cookies came."""
        with self._lock:
            if _SAFE.fullmatch(session_id):
                self._session_id = session_id
            self.signed_in = signed_in

    def take(self, other: SessionState) -> None:
        """Become `other`, all at once: nobody ever shows half of a sign-in. A new generation begins."""
        with self._lock:
            self._cookies, self._session_id = dict(other._cookies), other._session_id
            self.signed_in, self.organisation = other.signed_in, other.organisation
            self._generation += 1

    @property
    def has_session(self) -> bool:
        """Whether the server gave anything to know us by."""
        with self._lock:
            return bool(self._session_id or self._cookies)

    def headers(self) -> dict[str, str]:
        """The headers that show the badge (protocol 1.4: cookies, and the session id by itself)."""
        with self._lock:
            shown = {}
            if self._cookies:
                shown["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            if self._session_id:
                shown[SESSION_ID] = self._session_id
            return shown

    def learn(self, set_cookies: Iterable[str], generation: int) -> None:
        """Take over Set-Cookie lines of an answer to a request sent in `generation`."""
        with self._lock:
            if generation != self._generation:
                return
            for line in set_cookies:
                self._learn_line(line)

    def secrets(self) -> tuple[str, ...]:
        """Everything that must not be shown."""
        with self._lock:
            return tuple(filter(None, (*self._cookies.values(), self._session_id)))

    def _learn_line(self, line: str) -> None:
        pair, *attributes = line.split(";")
        name, _, value = pair.strip().partition("=")
        if not _NAME.fullmatch(name):
            return
        if _withdrawn(value, attributes):
            self._cookies.pop(name, None)
        elif _SAFE.fullmatch(value):
            self._cookies[name] = value
            if name.lower() == SESSION_ID:
                self._session_id = value


def _withdrawn(value: str, attributes: list[str]) -> bool:
    """Whether the server takes a cookie back; clocks are not compared, so a date must be an old one."""
    if not value.strip('"'):
        return True
    for attribute in attributes:
        key, _, text = attribute.strip().partition("=")
        if key.lower() == "max-age":
            return text.strip().lstrip("-") == "0" or text.strip().startswith("-")
        date = parsedate(text) if key.lower() == "expires" else None
        if date is not None and date[0] < 2001:
            return True
    return False
