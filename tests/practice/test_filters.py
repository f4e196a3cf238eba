"""Filters against a second opinion: SQLite and Python agree, and nothing that is typed crashes the parser."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kdgui.practice.answers import Refused
from kdgui.practice.books import Books
from kdgui.practice.company_forms import BASE_FORMS, BILL_FORMS
from kdgui.practice.conditions import BadFilter, Column
from kdgui.practice.database import Database
from kdgui.practice.filters import read_filter, read_order
from kdgui.practice.forms import FormBook, Kind
from kdgui.practice.generate import write_books
from kdgui.practice.queries import Query, Reader
from kdgui.practice.rules import RULES, RuleBook
from kdgui.practice.switches import Switches

Row = dict[str, str | int]
ROWS: list[Row] = [
    {"FBillNo": number, "FDocumentStatus": status, "FQty": quantity}
    for number in ("A1", "A2", "b'3", "", "x%y")
    for status in ("A", "C")
    for quantity in (-1, 0, 5, 7)
]
KINDS = {"FBillNo": Kind.TEXT, "FDocumentStatus": Kind.STATUS, "FQty": Kind.NUMBER}


@dataclass(frozen=True)
class Filter:
    """A filter as text, and what it should mean."""

    text: str
    holds: Callable[[Row], bool]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


SIGNS: dict[str, Callable[[object, object], bool]] = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b,  # type: ignore[operator]  # same types
    ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,  # type: ignore[operator]  # same types
}  # fmt: skip
texts = st.sampled_from(["A1", "b'3", "", "A2", "zz", "x%y"])
numbers = st.integers(-3, 9)


@st.composite
def comparisons(draw: st.DrawFn) -> Filter:
    sign = draw(st.sampled_from(sorted(SIGNS)))
    compare = SIGNS[sign]
    if draw(st.booleans()):
        number = draw(numbers)
        return Filter(f"FQty {sign} {number}", lambda row: compare(row["FQty"], number))
    text = draw(texts)
    return Filter(f"fbillno{sign}{quoted(text)}", lambda row: compare(row["FBillNo"], text))


@st.composite
def memberships(draw: st.DrawFn) -> Filter:
    wanted, no = draw(st.lists(texts, min_size=1, max_size=4)), draw(st.booleans())
    word = "NOT IN" if no else "in"
    text = f"FBillNo {word} ({', '.join(map(quoted, wanted))})"
    return Filter(text, lambda row: (row["FBillNo"] in wanted) != no)


@st.composite
def ranges(draw: st.DrawFn) -> Filter:
    low, high = draw(numbers), draw(numbers)
    return Filter(f"FQty between {low} and {high}", lambda row: low <= int(row["FQty"]) <= high)


def either(one: Filter, other: Filter) -> Filter:
    return Filter(f"({one.text}) or ({other.text})", lambda row: one.holds(row) or other.holds(row))


def both(one: Filter, other: Filter) -> Filter:
    return Filter(f"({one.text}) AND ({other.text})", lambda row: one.holds(row) and other.holds(row))


def neither(one: Filter) -> Filter:
    return Filter(f"not ({one.text})", lambda row: not one.holds(row))


filters = st.recursive(
    comparisons() | memberships() | ranges(),
    lambda inner: st.builds(either, inner, inner) | st.builds(both, inner, inner) | st.builds(neither, inner),
    max_leaves=8,
)


def resolve(key: str) -> Column:
    for name, kind in KINDS.items():
        if name.lower() == key.lower():
            return Column(name, kind)
    raise BadFilter(key)


@pytest.fixture(scope="module")
def table() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (FBillNo TEXT, FDocumentStatus TEXT, FQty REAL)")
    connection.executemany("INSERT INTO t VALUES (:FBillNo, :FDocumentStatus, :FQty)", ROWS)
    yield connection
    connection.close()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=filters)
def test_a_filter_finds_what_it_means(table: sqlite3.Connection, asked: Filter) -> None:
    condition = read_filter(asked.text, resolve)
    assert condition is not None
    sql = f"SELECT FBillNo, FDocumentStatus, FQty FROM t WHERE {condition.sql} ORDER BY rowid"
    found = table.execute(sql, condition.values).fetchall()
    assert found == [tuple(row.values()) for row in ROWS if asked.holds(row)]


def test_and_binds_closer_than_or(table: sqlite3.Connection) -> None:
    condition = read_filter("FQty=0 or FQty=5 and FBillNo='A1'", resolve)
    assert condition is not None
    rows = table.execute(f"SELECT FBillNo, FQty FROM t WHERE {condition.sql}", condition.values).fetchall()
    assert {quantity for number, quantity in rows if number != "A1"} == {0.0}
    assert ("A1", 5.0) in rows


WORDS = "FBillNo FQty ( ) 'a' ' and or not in like = <> , 1 2.5 is null between len + - ; -- /* 中"
MORE_WORDS = 'FID.FName union select * [ ] " \0'
pieces = st.sampled_from([*WORDS.split(), *MORE_WORDS.split()])


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    vault = Database()
    books, rules = Books(vault, FormBook((*BILL_FORMS, *BASE_FORMS)), "a"), RuleBook(RULES)
    with vault.transaction():
        write_books(books, rules, bills=10, seed=1)
    yield Reader(books, rules, Switches())
    vault.close()


@settings(max_examples=300)
@given(words=st.lists(pieces, max_size=14), garbage=st.text(max_size=20), order=st.text(max_size=12))
def test_no_filter_crashes_the_parser(words: list[str], garbage: str, order: str) -> None:
    for text in (" ".join(words), garbage, garbage + " ".join(words)):
        for read in (lambda text=text: read_filter(text, resolve), lambda: read_order(order, resolve)):
            try:
                read()
            except BadFilter:
                continue


rows_of_filters = st.lists(
    st.dictionaries(
        st.sampled_from(["Left", "FieldName", "Compare", "Value", "Right", "Logic"]),
        st.sampled_from(["FBillNo", "FID", "(", ")", "67", 17, 105, None, "x", 3, 1.5, "", [], {}]),
    )
    | st.integers()
    | st.none(),
    max_size=4,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(pieces, max_size=10), rows=rows_of_filters, keys=st.lists(pieces, max_size=3))
def test_no_question_crashes_the_books(
    reader: Reader, words: list[str], rows: object, keys: list[str]
) -> None:
    for asked in (" ".join(words), rows):
        data = {"FormId": "STK_InStock", "FieldKeys": ",".join(["FID", *keys]), "FilterString": asked}
        with contextlib.suppress(Refused):
            reader.rows(Query.read(data))
