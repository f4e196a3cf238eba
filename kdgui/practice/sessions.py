"""Sessions: who is signed in, found by cookie or header, lost when idle (protocol 1.4)."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field

from kdgui.practice.wire import Request

SESSION_HEADER = "kdservice-sessionid"
ASP_COOKIE = "asp.net_sessionid"


@dataclass(slots=True)
class Session:
    """One signed-in client. `organisation_id` changes by SwitchOrg."""

    centre_id: str
    user: str
    user_id: int
    organisation_id: int
    lcid: int = 2052
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    asp_id: str = field(default_factory=lambda: uuid.uuid4().hex[:24])
    last_used: float = field(default_factory=time.monotonic)

    def cookies(self) -> list[tuple[str, str]]:
        """Set-Cookie headers."""
        return [
            ("Set-Cookie", f"ASP.NET_SessionId={self.asp_id}; path=/; HttpOnly"),
            ("Set-Cookie", f"kdservice-sessionid={self.id}; path=/"),
        ]


def presented(request: Request) -> list[str]:
    """The session ids that a request carries, in cookies and header."""
    cookies = request.cookies()
    found = (request.headers.get(SESSION_HEADER), cookies.get(SESSION_HEADER), cookies.get(ASP_COOKIE))
    return [value for value in found if value]


class Sessions:
    """All live sessions. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Session] = {}

    def add(self, session: Session) -> Session:
        """Let this session live."""
        with self._lock:
            self._by_id[session.id] = self._by_id[session.asp_id] = session
        return session

    def find(self, ids: list[str], idle_seconds: float) -> Session | None:
        """The live session with one of these ids; using it keeps it alive."""
        now = time.monotonic()
        with self._lock:
            session = next((self._by_id[one] for one in ids if one in self._by_id), None)
            if session is None:
                return None
            if now - session.last_used > idle_seconds:
                self._forget(session)
                return None
            session.last_used = now
            return session

    def drop(self, session: Session) -> None:
        """End this session."""
        with self._lock:
            self._forget(session)

    def drop_all(self) -> None:
        """End every session, as a restart of the server does."""
        with self._lock:
            self._by_id.clear()

    def _forget(self, session: Session) -> None:
        self._by_id.pop(session.id, None)
        self._by_id.pop(session.asp_id, None)
