"""Calls: the services of the Web API by name, and the request bodies in both encodings (protocol 1.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kdgui.domain.fills import FillField, SaveRequest, ValueKind
from kdgui.domain.orders import PushRequest

_STUB = "Kingdee.BOS.WebApi.ServicesStub."
_FORM = _STUB + "DynamicFormService."
_ACCOUNTS = "Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService."

VALIDATE_USER = _STUB + "AuthService.ValidateUser"
LOGIN_BY_APP_SECRET = _STUB + "AuthService.LoginByAppSecret"
LOGIN_BY_SIGN = _STUB + "AuthService.LoginBySign"
LOGOUT = _STUB + "AuthService.Logout"
DATA_CENTRES = _ACCOUNTS + "GetDataCenterList"
DATA_CENTRES_MC = _STUB + "MCService.GetDataCenterList"
EXECUTE_BILL_QUERY = _FORM + "ExecuteBillQuery"
VIEW = _FORM + "View"
QUERY_BUSINESS_INFO = _FORM + "QueryBusinessInfo"
SWITCH_ORG = _FORM + "SwitchOrg"
PUSH = _FORM + "Push"
SUBMIT = _FORM + "Submit"
AUDIT = _FORM + "Audit"
UNAUDIT = _FORM + "UnAudit"
DELETE = _FORM + "Delete"
SAVE = _FORM + "Save"
CANCEL_ASSIGN = _FORM + "CancelAssign"

PLAIN_HEADERS: Mapping[str, str] = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "kdgui",
}
"""Headers that every request carries."""

_JSON = "application/json; charset=utf-8"
_FORM_FIELDS = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: service name, body (not shown: a sign-in carries the password) and its Content-Type."""

    service: str
    body: bytes = field(default=b"", repr=False)
    content_type: str = _JSON

    @property
    def path(self) -> str:
        """Path below the base URL."""
        return f"{self.service}.common.kdsvc"


def call(service: str, *parameters: object) -> Call:
    """A call in the recommended encoding `{"parameters": […]}`."""
    return Call(service, to_json({"parameters": list(parameters)}).encode("ascii"))


def form_call(service: str, form_id: str, data: str) -> Call:
    """A call in the encoding of the older clients: form fields FormId and Data, the latter as JSON text."""
    return Call(service, urlencode({"FormId": form_id, "Data": data}).encode("ascii"), _FORM_FIELDS)


def to_json(value: object) -> str:
    """JSON text of ASCII only, so that no text whatever can fail to be encoded."""
    return json.dumps(value, separators=(",", ":"))


def push_data(request: PushRequest) -> str:
    """The data of a Push (protocol 2.1) as JSON text; booleans as text, as working clients send them."""
    options = request.options
    return to_json(
        {
            "Ids": ",".join(request.ids),
            "Numbers": list(request.numbers),
            "EntryIds": ",".join(request.entry_ids),
            "RuleId": options.rule_id,
            "TargetBillTypeId": options.target_bill_type,
            "TargetOrgId": options.target_org_id,
            "TargetFormId": options.target_form,
            "IsEnableDefaultRule": _truth(options.default_rule),
            "IsDraftWhenSaveFail": _truth(options.draft_on_fail),
            "CustomParams": dict(options.custom_params),
        }
    )


def bills_data(ids: Sequence[str]) -> str:
    """The data of Submit, Delete, CancelAssign: by id, drafts have no number (protocol 4)."""
    return to_json(_by_ids(ids))


def audit_data(ids: Sequence[str]) -> str:
    """The data of Audit and UnAudit; a running workflow is respected, the default since 2023 (protocol 9)."""
    return to_json({**_by_ids(ids), "IsVerifyProcInst": "true"})


def _by_ids(ids: Sequence[str]) -> dict[str, object]:
    return {"CreateOrgId": 0, "Numbers": [], "Ids": ",".join(ids), "NetworkCtrl": ""}


def save_data(request: SaveRequest) -> str:
    """The data of a Save that changes only what it names (protocol 4b.7).

    NeedUpDateFields names the entity and its fields flat, never with a point; every line has its id, and
    IsDeleteEntry is "false": the default deletes each line that is not listed. The head comes before lines.
    """
    line_fields = dict.fromkeys(field.key for _, values in request.lines for field, _ in values)
    named = [field.key for field, _ in request.head]
    model: dict[str, object] = {"FID": _id(request.bill_id)}
    model |= {field.key: _written(field, text) for field, text in request.head}
    if request.lines:
        named += [request.entry, *line_fields]
        model[request.entry] = [
            {"FEntryID": _id(line), **{field.key: _written(field, text) for field, text in values}}
            for line, values in request.lines
        ]
    return to_json(
        {
            "NeedUpDateFields": named,
            "NeedReturnFields": ["FBillNo", "FDocumentStatus"],
            "IsDeleteEntry": "false",
            "SubSystemId": "",
            "IsVerifyBaseDataField": "true",
            "IsEntryBatchFill": "false",
            "ValidateFlag": "true",
            "NumberSearch": "true",
            "IsAutoAdjustField": "false",
            "InterationFlags": "",
            "IgnoreInterationFlag": "",
            "IsControlPrecision": "true",
            "ValidateRepeatJson": "false",
            "Model": model,
        }
    )


def _written(field: FillField, text: str) -> object:
    """A value as Save takes it (protocol 4b.1): codes in FNumber, decimals as text."""
    return {"FNumber": text} if field.kind in (ValueKind.BASE, ValueKind.LOT) else text


def _id(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def query_data(
    form_id: str, field_keys: Sequence[str], filter_string: str, order: str, start: int, limit: int
) -> str:
    """The data of ExecuteBillQuery; TopRowCount 0, for it would cap all pages together (protocol 3.1)."""
    return to_json(
        {
            "FormId": form_id,
            "FieldKeys": ",".join(field_keys),
            "FilterString": filter_string,
            "OrderString": order,
            "TopRowCount": 0,
            "StartRow": start,
            "Limit": limit,
            "SubSystemId": "",
        }
    )


def _truth(value: bool) -> str:
    return "true" if value else "false"
