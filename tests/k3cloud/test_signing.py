"""Signatures: the same as the vendor's own client makes for the same inputs."""

from __future__ import annotations

import base64
import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from k3cloud_webapi_sdk.core import webapi_client
from k3cloud_webapi_sdk.util import config_util, encode_util

from kdgui.domain.accounts import Credentials, SignInMode
from kdgui.k3cloud.signatures import client_secret, login_signature, signature_headers

HIDDEN = st.binary(min_size=24, max_size=24).map(lambda packed: base64.b64encode(packed).decode())
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def vendor_headers(credentials: Credentials, url: str, now: int) -> dict[str, str]:
    client = webapi_client.WebApiClient()
    client.config = config_util.InitConfigByParams(
        credentials.data_centre_id,
        credentials.user,
        credentials.app_id,
        credentials.secret,
        "http://host/k3cloud/",
        credentials.lcid,
        int(credentials.organisation or 0),
    )
    client.Init("http://host/k3cloud/", 0, True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: now + 0.5)
        return client.BuildHeader(url)


@given(
    hidden=HIDDEN,
    user=NAMES,
    secret=NAMES,
    lcid=st.sampled_from([2052, 1033]),
    org=st.sampled_from(["", "7"]),
)
def test_headers_equal_the_vendors(hidden, user, secret, lcid, org):
    credentials = Credentials(
        SignInMode.SIGNED_HEADERS, "60a1b2c3d4e5f6", user, secret, f"123456_{hidden}", lcid, org
    )
    path = "/K3Cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.Push.common.kdsvc"
    vendors = vendor_headers(credentials, f"https://host.example.com:8443{path}", 1767578400)
    ours = signature_headers(credentials, path, 1767578400, "1767578400")
    assert ours == {name: vendors[name] for name in ours}
    assert set(vendors) - set(ours) == {"Accept-Charset", "User-Agent", "Content-Type"}


@given(HIDDEN)
def test_client_secret_equals_the_vendors(hidden):
    assert client_secret(f"123456_{hidden}") == ("123456", encode_util.DecodeAppSecret(hidden))


@pytest.mark.parametrize(
    ("app_id", "expected"),
    [
        ("123456", ("", "")),
        ("123_456_789", ("", "")),
        ("123456_short", ("123456", "")),
        ("123456_" + "=" * 32, ("123456", "")),
        ("123456_" + "!" * 32, ("123456", "")),
        ("123456_" + "A" * 31 + "=", ("123456", "")),
        ("", ("", "")),
    ],
)
def test_app_ids_of_other_shapes(app_id, expected):
    assert client_secret(app_id) == expected


def test_padding_is_no_hidden_secret_for_the_vendor_either():
    assert encode_util.DecodeAppSecret("A" * 31 + "=") == encode_util.DecodeAppSecret("=" * 32) == ""


def test_login_signature():
    credentials = Credentials(SignInMode.LOGIN_SIGN, "b-centre", "c-user", "a-secret", "d-app")
    expected = hashlib.sha256(b"1767578400" + b"a-secret" + b"b-centre" + b"c-user" + b"d-app").hexdigest()
    assert login_signature(credentials, 1767578400) == expected
