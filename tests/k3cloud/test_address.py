"""Addresses as people type and paste them."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.errors import BadInput
from kdgui.k3cloud.http.address import Address, read_address
from kdgui.k3cloud.queries import quote


@pytest.mark.parametrize(
    ("typed", "base_url"),
    [
        ("192.168.1.5", "http://192.168.1.5/k3cloud/"),
        ("demo.ik3cloud.com", "https://demo.ik3cloud.com/k3cloud/"),
        ("Vip.Kingdee.com/k3cloud/html5", "https://vip.kingdee.com/k3cloud/"),
        ("http://demo.ik3cloud.com", "http://demo.ik3cloud.com/k3cloud/"),
        ("demo.ik3cloud.com:8080", "http://demo.ik3cloud.com:8080/k3cloud/"),
        ("kingdee.com.example", "http://kingdee.com.example/k3cloud/"),
        ("192.168.1.5:8099", "http://192.168.1.5:8099/k3cloud/"),
        ("  K3.Example.com \n", "http://k3.example.com/k3cloud/"),
        ("k3.example.com.", "http://k3.example.com/k3cloud/"),
        ("http://k3.example.com:80", "http://k3.example.com/k3cloud/"),
        ("HTTPS://k3.example.com:443/", "https://k3.example.com/k3cloud/"),
        ("https://k3.example.com:80/", "https://k3.example.com:80/k3cloud/"),
        ("k3.example.com:443", "https://k3.example.com/k3cloud/"),
        ("http://host:8099/K3Cloud", "http://host:8099/K3Cloud/"),
        ("host/k3CLOUD/", "http://host/k3CLOUD/"),
        ("http://host/K3Cloud/html5/index.aspx#/home?x=1", "http://host/K3Cloud/html5/index.aspx"),
        ("http://host/K3Cloud/html5/dform.aspx?ud=abc&formid=x", "http://host/K3Cloud/"),
        ("http://host/html5/index.aspx", "http://host/k3cloud/"),
        ("http://host/index.aspx", "http://host/k3cloud/"),
        ("host?x=/a/b", "http://host/k3cloud/"),
        ("host#top", "http://host/k3cloud/"),
        ("http://host/erp", "http://host/erp/k3cloud/"),
        ("http://host/erp/k3cloud/x/k3cloud", "http://host/erp/k3cloud/"),
        ("http://host/金蝶/k3cloud", "http://host/%E9%87%91%E8%9D%B6/k3cloud/"),
        ("http://host/%E9%87%91%E8%9D%B6/k3cloud", "http://host/%E9%87%91%E8%9D%B6/k3cloud/"),
        ("http:\\\\host\\k3cloud\\", "http://host/k3cloud/"),
        ("http:/host/k3cloud", "http://host/k3cloud/"),
        ("//host/k3cloud", "http://host/k3cloud/"),
        (
            "ｈｔｔｐ：／／１９２．１６８．１．５：８０９９／ｋ３ｃｌｏｕｄ／",
            "http://192.168.1.5:8099/k3cloud/",
        ),
        ("192。168。1。5：8099", "http://192.168.1.5:8099/k3cloud/"),
        ("http://192.168.1.5 : 8099 / K3Cloud /", "http://192.168.1.5:8099/K3Cloud/"),
        ("“http://host/k3cloud/”", "http://host/k3cloud/"),
        ("<http://host/k3cloud/>", "http://host/k3cloud/"),
        ("\u200bhost\ufeff", "http://host/k3cloud/"),
        ("　host　", "http://host/k3cloud/"),
        ("erp_server:8080", "http://erp_server:8080/k3cloud/"),
        ("金蝶.example.com", "http://xn--fh2a05s.example.com/k3cloud/"),
        ("[::1]:8099", "http://[::1]:8099/k3cloud/"),
        ("http://[FE80::1]/k3cloud", "http://[fe80::1]/k3cloud/"),
        ("2001:db8::1", "http://[2001:db8::1]/k3cloud/"),
        ("host:", "http://host/k3cloud/"),
    ],
)
def test_read(typed, base_url):
    wanted = base_url if base_url.endswith("/") else base_url.replace("html5/index.aspx", "")
    assert read_address(typed).base_url == wanted
    assert read_address(wanted) == Address(wanted)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "address_empty"),
        (" \u200b　\n", "address_empty"),
        ('""', "address_empty"),
        ("ftp://host/k3cloud", "address_scheme"),
        ("https://api.kingdee.com/galaxyapi/", "address_gateway"),
        ("file:///C:/k3cloud", "address_scheme"),
        ("http://demo:hunter2@host/k3cloud", "address_userinfo"),
        ("demo@host", "address_userinfo"),
        ("host:0", "address_port"),
        ("host:65536", "address_port"),
        ("host:port", "address_port"),
        ("host:-1", "address_port"),
        ("host:8099:1", "address_bad"),
        ("http://", "address_bad"),
        ("/k3cloud", "address_bad"),
        ("two words", "address_bad"),
        ("a\tb", "address_bad"),
        ("a\x00b", "address_bad"),
        ("192.168.1.300", "address_bad"),
        ("192.168.1", "address_bad"),
        ("12345", "address_bad"),
        ("a..b", "address_bad"),
        ("-host", "address_bad"),
        ("ho!st", "address_bad"),
        ("x" * 64 + ".com", "address_bad"),
        (".".join(["abcdefgh"] * 40), "address_bad"),
        ("h" * 3000, "address_bad"),
        ("[::1", "address_bad"),
        ("[::g]", "address_bad"),
        ("[fe80::1%eth0]", "address_bad"),
        ("http://host/../k3cloud", "address_bad"),
        ("http://host/%2e%2e/k3cloud", "address_bad"),
        ("http://host/%0d%0aX: y/k3cloud", "address_bad"),
    ],
)
def test_refused(typed, code):
    with pytest.raises(BadInput) as caught:
        read_address(typed)
    assert caught.value.code == code
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "host", "port", "secure", "loopback"),
    [
        ("http://host:8099", "host", 8099, False, False),
        ("https://host", "host", 443, True, False),
        ("localhost", "localhost", 80, False, True),
        ("127.0.0.1", "127.0.0.1", 80, False, True),
        ("127.8.9.1:1", "127.8.9.1", 1, False, True),
        ("[::1]", "::1", 80, False, True),
        ("[::ffff:127.0.0.1]", "::ffff:7f00:1", 80, False, True),
        ("[2001:db8::1]:81", "2001:db8::1", 81, False, False),
        ("128.0.0.1", "128.0.0.1", 80, False, False),
        ("localhost.example.com", "localhost.example.com", 80, False, False),
    ],
)
def test_parts(typed, host, port, secure, loopback):
    address = read_address(typed)
    assert (address.port, address.secure, address.loopback) == (port, secure, loopback)
    assert address.host in (host, "::ffff:127.0.0.1" if "ffff" in host else host)


PIECES = (
    st.sampled_from(
        ["http", "https", "://", ":", "/", "\\", "@", "[", "]", "::1", "?", "#", "%", "%2F", "%zz"]
    )
    | st.sampled_from(["k3cloud", "K3Cloud", "html5", ".aspx", "host", "1", "255", ".", "。", "：", ".."])
    | st.sampled_from(["金", "ß", "xn--", " ", "\u3000", "\u200b", "\ud800"])
)


@given(st.text() | st.lists(PIECES, max_size=12).map("".join))
def test_anything_is_an_address_or_bad_input(typed):
    try:
        address = read_address(typed)
    except BadInput:
        return
    assert address.base_url.endswith("/")
    assert address.base_url.isascii()
    assert read_address(address.base_url) == address
    assert 0 < address.port < 65536
    assert address.host
    prepared = requests.Request("POST", address.base_url + "X.common.kdsvc").prepare()
    assert prepared.url.startswith(address.base_url)


def test_quote():
    assert quote("CGDD000001") == "'CGDD000001'"
    assert quote("O'Brien''s") == "'O''Brien''''s'"
    assert quote("采购/1-2 %_[x]") == "'采购/1-2 %_[x]'"
    assert quote("") == "''"


@pytest.mark.parametrize("text", ["a\x00", "a\nb", "\t", "\x7f", "\u2028", "\x85", "\ud800"])
def test_quote_refuses_control_characters(text):
    with pytest.raises(BadInput) as caught:
        quote(text)
    assert caught.value.code == "number_unsafe"


@given(st.text())
def test_quoted_text_ends_where_it_ends(text):
    try:
        quoted = quote(text)
    except BadInput:
        return
    assert quoted[0] == quoted[-1] == "'"
    assert quoted[1:-1].replace("''", "").count("'") == 0
    assert quoted[1:-1].replace("''", "'") == text
