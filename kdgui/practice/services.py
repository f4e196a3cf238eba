"""The services by name: what each answers, who may ask, and where faults strike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kdgui.practice.answers import (
    NO_CONTEXT,
    SESSION_LOST,
    Json,
    MsgCode,
    Refused,
    refusal,
    refusal_block,
    result,
    success_block,
)
from kdgui.practice.centre import DataCentre
from kdgui.practice.faults import Faults, Hit
from kdgui.practice.queries import Query
from kdgui.practice.sessions import Session, Sessions, presented
from kdgui.practice.sign_in import Door, SignIn, WrongCentre, data_centre_list
from kdgui.practice.spoil import spoil
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
from kdgui.practice.writes import WRITES, Writes

QUERIES = frozenset({"executebillquery", "billquery"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A business call with the session it belongs to."""

    call: Call
    session: Session
    centre: DataCentre


class Services:
    """Answers every request under /k3cloud/. Safe to call from any thread; sleeps outside the books' lock.

    Attributes:
        ending: set when the server stops; every wait ends then.
    """

    def __init__(
        self,
        centres: Mapping[str, DataCentre],
        sessions: Sessions,
        door: Door,
        switches: Switches,
        faults: Faults,
        writes: Writes,
        ending: threading.Event,
    ) -> None:
        self._centres = centres
        self._sessions = sessions
        self._door = door
        self._switches = switches
        self._faults = faults
        self._writes = writes
        self._ending = ending
        self._open: Mapping[str, Callable[[Call], Reply]] = {
            "authservice.validateuser": self._validate_user,
            "authservice.validateuserendecode": self._not_offered,
            "authservice.loginbysimplepassport": self._not_offered,
            "authservice.loginbymobilecard": self._not_offered,
            "authservice.loginbyappsecret": self._login_by_app_secret,
            "authservice.loginbysign": self._login_by_sign,
        }
        self._business: Mapping[str, Callable[[Asked], Json]] = {
            "executebillquery": self._execute_bill_query,
            "billquery": self._bill_query,
            "view": self._view,
            "querybusinessinfo": self._business_info,
            "switchorg": self._switch_organisation,
            "save": self._refuse_save,
            "batchsave": self._refuse_save,
            "draft": self._refuse_save,
        }

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        service = service_of(request.path)
        name = service.lower()
        if name.endswith(".getdatacenterlist"):
            return self._data_centres(name)
        if not service:
            return self._page(request)
        if request.method != "POST":
            return html_reply(405, "405 Method Not Allowed")
        try:
            call = read_call(service, request)
            if name == "authservice.logout":
                return self._logout(request)
            if name in self._open:
                return self._sign_in(self._open[name], call)
            return self._business_call(name, call, request)
        except EncodedTwice:
            return html_reply(502, "502 Bad Gateway")
        except BadBody as error:
            return text_reply(f"response_error: 参数格式不正确：{error}")

    def _page(self, request: Request) -> Reply:
        """What a browser sees."""
        known = ("/k3cloud", "/k3cloud/", "/k3cloud/html5/index.aspx")
        if request.method == "GET" and request.path.lower() in known:
            return html_reply(200, "金蝶云星空 练习账套")
        return html_reply(404, "404 - File or directory not found.")

    # signing in

    def _data_centres(self, name: str) -> Reply:
        items = data_centre_list()
        if name.startswith("mcservice."):
            return json_reply({"Code": 0, "Message": "", "Data": items})
        return json_reply(items)

    def _sign_in(self, check: Callable[[Call], Reply], call: Call) -> Reply:
        hits = self._faults.strike("login")
        reply = None if any(not hit.works for hit in hits) else check(call)
        return self.finish(hits, reply, None)

    def _validate_user(self, call: Call) -> Reply:
        account, user, password, lcid = (
            call.text(0, "acctid"),
            call.text(1, "username"),
            call.text(2, "password"),
            call.text(3, "lcid"),
        )
        return self._welcome(self._door.by_password(account, user, password, _lcid(lcid)))

    def _login_by_app_secret(self, call: Call) -> Reply:
        account, user, app_id = call.text(0, "acctid"), call.text(1, "username"), call.text(2, "appid")
        secret, lcid = call.text(3, "appsecret"), _lcid(call.text(4, "lcid"))
        return self._welcome(self._door.by_app_secret(account, user, app_id, secret, lcid))

    def _login_by_sign(self, call: Call) -> Reply:
        account, user, app_id = call.text(0, "acctid"), call.text(1, "username"), call.text(2, "appid")
        stamp, sign = call.text(3, "timestamp"), call.text(4, "sign", "signature")
        return self._welcome(
            self._door.by_sign(account, user, app_id, stamp, sign, _lcid(call.text(5, "lcid")))
        )

    def _welcome(self, sign_in: SignIn) -> Reply:
        reply = json_reply(sign_in.body)
        if sign_in.session is not None:
            reply.headers += self._sessions.add(sign_in.session).cookies()
        return reply

    def _not_offered(self, call: Call) -> Reply:
        return text_reply(f"response_error: 错误信息：练习账套不支持登录方式{call.service}。")

    def _logout(self, request: Request) -> Reply:
        session = self._sessions.find(presented(request), self._switches.idle_seconds)
        if session is not None:
            self._sessions.drop(session)
        return json_reply(session is not None)

    # business calls

    def _business_call(self, name: str, call: Call, request: Request) -> Reply:
        service, _, method = name.rpartition(".")
        if service != "dynamicformservice" or (method not in self._business and method not in WRITES):
            return text_reply(f"response_error: 错误信息：未找到服务{call.service}。")
        try:
            session, fresh = self._session(request)
        except WrongCentre:
            return text_reply("Fail to verify thirty passport", 500)
        if method in WRITES:
            reply = self._write(method, call, session, request)
        else:
            reply = self._read(method, call, session, request)
        if session is not None and fresh:
            reply.headers += session.cookies()
        return reply

    def _session(self, request: Request) -> tuple[Session | None, bool]:
        """The session, and whether valid signed headers have just opened it (fact sheet 1.4)."""
        session = self._sessions.find(presented(request), self._switches.idle_seconds)
        if session is not None and not self._switches.passport_always:
            return session, False
        opened = self._door.by_headers(request)
        if opened is None:
            return (session, False) if "x-kd-signature" not in request.headers else (None, False)
        return (session, False) if session is not None else (self._sessions.add(opened), True)

    def _lost(self, request: Request) -> Json:
        """MsgCode 1: no session was named at all, or one that is not there any more."""
        known = presented(request) or "x-kd-signature" in request.headers
        return refusal(SESSION_LOST if known else NO_CONTEXT, MsgCode.CONTEXT_LOST)

    def _read(self, method: str, call: Call, session: Session | None, request: Request) -> Reply:
        hits = self._faults.strike("query" if method in QUERIES else "view")
        if session is not None and any(hit.name == "session_lost" for hit in hits):
            self._sessions.drop(session)
        reply = None
        if all(hit.works for hit in hits):
            reply = json_reply(self._read_answer(method, call, session, request))
        return self.finish(hits, reply, method)

    def _read_answer(self, method: str, call: Call, session: Session | None, request: Request) -> Json:
        if session is None:
            return nested(method, self._lost(request))
        centre = self._centres[session.centre_id]
        try:
            with centre.books.vault.lock:
                return self._business[method](Asked(call, session, centre))
        except Refused as refused:
            return nested(method, result(refusal_block(refused.troubles, refused.msg_code)))

    def _execute_bill_query(self, asked: Asked) -> Json:
        query = Query.read(asked.call.data(0))
        return asked.centre.reader.rows(query, asked.session.organisation_id)

    def _bill_query(self, asked: Asked) -> Json:
        query = Query.read(asked.call.data(0))
        rows = asked.centre.reader.rows(query, asked.session.organisation_id)
        return [dict(zip(query.keys, row, strict=True)) for row in rows]

    def _view(self, asked: Asked) -> Json:
        return asked.centre.metadata.view(asked.call.text(0, "formid"), asked.call.data(1))

    def _business_info(self, asked: Asked) -> Json:
        return asked.centre.metadata.business_info(asked.call.data(0))

    def _switch_organisation(self, asked: Asked) -> Json:
        given = {key.lower(): value for key, value in asked.call.data(0).items()}
        number = str(given.get("orgnumber") or "").strip()
        found = asked.centre.books.find_base("ORG_Organizations", number)
        if found is None:
            raise Refused(f"编码为“{number}”的组织不存在或您没有该组织的权限！", MsgCode.NO_DATA)
        asked.session.organisation_id = found.id
        return result(success_block())

    def _refuse_save(self, asked: Asked) -> Json:
        raise Refused("练习账套不支持保存单据。", MsgCode.NOT_POSSIBLE)

    # writes

    def _write(self, method: str, call: Call, session: Session | None, request: Request) -> Reply:
        hits = self._faults.strike(method)
        if session is not None and any(hit.name.startswith("session_lost") for hit in hits):
            self._sessions.drop(session)
        centre = self._centres[session.centre_id] if session is not None else None
        work = self._writes.receive(method, call, session, centre, hits)
        self._wait(hits, "before")
        reply = None
        if all(hit.works for hit in hits):
            reply = json_reply(self._lost(request) if work is None else work())
        return self.finish(hits, reply, method)

    def finish(self, hits: tuple[Hit, ...], reply: Reply | None, method: str | None) -> Reply:
        """Let the faults have their way with a reply (None: no work was done)."""
        spoiled = spoil(hits, reply, nested=method in QUERIES)
        self._wait(hits, "after")
        return spoiled

    def _wait(self, hits: tuple[Hit, ...], when: str) -> None:
        for hit in hits:
            if hit.name == "slow" and hit.text("when", "after") == when:
                self._ending.wait(hit.number("seconds", 2))
            if hit.name == "session_lost_late" and when == "after":
                self._ending.wait(hit.number("seconds", 5.5))


def nested(method: str, answer: Json) -> Json:
    """ExecuteBillQuery wraps its errors in two lists (sample session_lost_billquery_nested)."""
    return [[answer]] if method in QUERIES else answer


def _lcid(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 2052
