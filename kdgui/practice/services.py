"""From a request to a reply: which service, which session, where faults strike."""

from __future__ import annotations

import threading

from kdgui.practice.answers import (
    NO_CONTEXT,
    SESSION_LOST,
    Json,
    MsgCode,
    refusal,
    result,
    success_block,
)
from kdgui.practice.broken_answers import spoil
from kdgui.practice.company import ORGANISATIONS
from kdgui.practice.data_centre import Centres
from kdgui.practice.faults import Faults, Hit
from kdgui.practice.queries import RowsLost
from kdgui.practice.read_services import QUERIES, READS, Asked, read, wrapped
from kdgui.practice.sessions import Session, Sessions, presented
from kdgui.practice.sign_in import Authenticator, WrongCentre
from kdgui.practice.sign_in_services import SignInServices
from kdgui.practice.switches import Switches
from kdgui.practice.wire import (
    BadBody,
    Call,
    EncodedTwice,
    Reply,
    Request,
    html_reply,
    json_reply,
    read_call,
    service_of,
    text_reply,
)
from kdgui.practice.write_services import WRITES, Writes

BUSINESS = "dynamicformservice"
PAGES = ("/k3cloud", "/k3cloud/", "/k3cloud/html5/index.aspx")


class Services:
    """Answers every request under /k3cloud/. Safe to call from any thread; sleeps outside the books' lock.

    Args:
        centres: data centres by id.
        ending: set when the server stops; every wait ends then.
    """

    def __init__(
        self,
        centres: Centres,
        sessions: Sessions,
        door: Authenticator,
        switches: Switches,
        faults: Faults,
        writes: Writes,
        ending: threading.Event,
    ) -> None:
        self._centres = centres
        self._sessions = sessions
        self._door = door
        self._welcome = SignInServices(door, sessions)
        self._switches = switches
        self._faults = faults
        self._writes = writes
        self._ending = ending

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        service = service_of(request.path)
        if not service:
            return _page(request)
        centres = self._welcome.data_centres(service.lower())
        if centres is not None:
            return centres
        if request.method != "POST":
            return html_reply(405, "405 Method Not Allowed")
        try:
            return self._call(read_call(service, request), request)
        except EncodedTwice:
            return html_reply(502, "502 Bad Gateway")
        except BadBody as error:
            return text_reply(f"response_error: 错误信息：参数格式不正确：{error}")

    def _call(self, call: Call, request: Request) -> Reply:
        name = call.service.lower()
        if name == "authservice.logout":
            return self._logout(request)
        if self._welcome.offers(name):
            hits = self._faults.strike("login")
            works = all(hit.works for hit in hits)
            return self._finish(hits, self._welcome.sign_in(name, call) if works else None, "")
        service, _, method = name.rpartition(".")
        if service != BUSINESS or (method not in READS and method not in WRITES):
            return text_reply(f"response_error: 错误信息：未找到服务{call.service}。")
        return self._business(method, call, request)

    def _logout(self, request: Request) -> Reply:
        session = self._sessions.find(presented(request), self._switches.idle_seconds)
        if session is not None:
            self._sessions.drop(session)
        return json_reply(session is not None)

    # sessions

    def _business(self, method: str, call: Call, request: Request) -> Reply:
        try:
            session, fresh = self._session(request)
        except WrongCentre:
            return text_reply("Fail to verify thirty passport", 500)
        answer = self._write if method in WRITES else self._read
        reply = answer(method, call, session, request)
        if session is not None and fresh:
            reply.headers += session.cookies()
        return reply

    def _session(self, request: Request) -> tuple[Session | None, bool]:
        """The session, and whether valid signed headers have just opened it (protocol 1.4).

        With a live session the signature is not looked at, unless the switch passport_always is on.
        """
        session = self._sessions.find(presented(request), self._switches.idle_seconds)
        signed = "x-kd-signature" in request.headers
        if not signed or (session is not None and not self._switches.passport_always):
            return session, False
        opened = self._door.by_headers(request)
        if opened is None or session is not None:
            return (None if opened is None else session), False
        return self._sessions.add(opened), True

    # reads and writes

    def _read(self, method: str, call: Call, session: Session | None, request: Request) -> Reply:
        hits = self._strike("query" if method in QUERIES else "view", session)
        self._wait(hits, "before")
        reply = None
        if all(hit.works for hit in hits):
            answer = wrapped(method, _lost(request))
            if session is not None:
                centre = self._centres.get(session.centre_id)
                answer = read(method, Asked(call, session, centre, _rows_lost(hits)))
            reply = json_reply(answer)
        return self._finish(hits, reply, method)

    def _write(self, method: str, call: Call, session: Session | None, request: Request) -> Reply:
        hits = self._strike(method, session)
        centre = self._centres.get(session.centre_id) if session is not None else None
        work = self._writes.receive(method, call, session, centre, hits)
        self._wait(hits, "before")
        reply = None
        if all(hit.works for hit in hits):
            reply = json_reply(_lost(request) if work is None else work())
        if any(hit.name == "answer_of_another" for hit in hits):
            reply = json_reply(self._writes.last_answer() or result(success_block()))
        return self._finish(hits, reply, method)

    # faults

    def _strike(self, operation: str, session: Session | None) -> tuple[Hit, ...]:
        """The faults of this request; a session that they lose is gone from now on."""
        hits = self._faults.strike(operation)
        if session is not None and any(hit.name.startswith("session_lost") for hit in hits):
            self._sessions.drop(session)
        for hit in hits:
            if session is not None and hit.name == "organisation_moved":
                session.organisation_id = ORGANISATIONS[hit.text("organisation", "102")]
        return hits

    def _finish(self, hits: tuple[Hit, ...], reply: Reply | None, method: str) -> Reply:
        """Let the faults have their way with a reply (None: no work was done)."""
        self._wait(hits, "after")
        return spoil(hits, reply, nested=method in QUERIES)

    def _wait(self, hits: tuple[Hit, ...], when: str) -> None:
        for hit in hits:
            if hit.name == "slow" and hit.text("when", "after") == when:
                self._ending.wait(hit.number("seconds", 2))
            if hit.name == "session_lost_late" and when == "after":
                self._ending.wait(hit.number("seconds", 5.5))


def _page(request: Request) -> Reply:
    """What a browser sees."""
    if request.method == "GET" and request.path.lower() in PAGES:
        return html_reply(200, "金蝶云星空 练习账套")
    return html_reply(404, "404 - File or directory not found.")


def _rows_lost(hits: tuple[Hit, ...]) -> RowsLost | None:
    hit = next((hit for hit in hits if hit.name == "rows_lost"), None)
    if hit is None:
        return None
    return RowsLost(int(hit.number("keep", 2)), bool(hit.settings.get("newest")), hit.text("form", ""))


def _lost(request: Request) -> Json:
    """MsgCode 1: no session was named at all, or one that is not there any more (protocol 1.4)."""
    known = presented(request) or "x-kd-signature" in request.headers
    return refusal(SESSION_LOST if known else NO_CONTEXT, MsgCode.CONTEXT_LOST)
