"""The shipped catalogue of forms and rules."""

from __future__ import annotations

import json
import re

import pytest

from kdgui.store.catalogue import Catalogue, load_catalogue, read_catalogue_file
from kdgui.store.paths import resources_dir


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_everything_is_there(catalogue: Catalogue) -> None:
    assert len(catalogue.forms) == 1077
    assert len(catalogue.rules) == 47
    assert sum(rule.standard for rule in catalogue.rules) == 36
    assert sum(form.push_documented for form in catalogue.forms) == 162
    assert len({form.form_id.casefold() for form in catalogue.forms}) == 1077
    assert len({rule.rule_id.casefold() for rule in catalogue.rules}) == 47


def test_ids_are_compared_without_case(catalogue: Catalogue) -> None:
    form = catalogue.form("ar_RECEIVABLE")
    rule = catalogue.rule("pur_purchaseorder-stk_instock")

    assert form is not None
    assert form.name_zh == "应收单"
    assert rule is not None
    assert (rule.source_form, rule.target_form) == ("PUR_PurchaseOrder", "STK_InStock")
    assert rule.name == "采购订单→采购入库单"
    assert rule.from_server is False
    assert rule.enabled is None
    assert catalogue.form("nothing") is None
    assert catalogue.rule("") is None


def test_rules_of_a_form_standard_ones_first(catalogue: Catalogue) -> None:
    rules = catalogue.rules_from("pur_purchaseorder")

    assert "PUR_PurchaseOrder-STK_InStock" in [rule.rule_id for rule in rules]
    assert [rule.standard for rule in rules] == sorted((rule.standard for rule in rules), reverse=True)
    assert catalogue.rules_from("") == ()


def test_the_file_speaks_of_the_catalogue_alone() -> None:
    """One form a line, and no word of where it was found."""
    text = (resources_dir() / "catalogue.json").read_text(encoding="utf-8")
    lines = text.splitlines()

    assert sum(line.startswith('{"form_id"') for line in lines) == 1077
    assert sum(line.startswith('{"rule_id"') for line in lines) == 47
    assert not re.search(r"index file|https?:|docs/|github|confidence|\"source\"", text)
    assert json.loads(text) == read_catalogue_file()
