"""`kdgui forms`, `rules` and `data-centres`: what there is to choose from."""

from __future__ import annotations

import argparse
import json

from kdgui.bootstrap import open_engine
from kdgui.cli.account import connection_of_name, sign_in
from kdgui.cli.command import add_account
from kdgui.domain.errors import BadInput
from kdgui.domain.rules import Rule
from kdgui.k3cloud.http.address import read_address
from kdgui.printing import Exit
from kdgui.store.catalogue import load_catalogue
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths


def forms(arguments: argparse.Namespace, _places: Paths, words: Words) -> int:
    """List the forms of the catalogue; asks no server."""
    for form in load_catalogue().forms:
        if arguments.json:
            names = {"name_zh": form.name_zh, "name_en": form.name_en}
            _print_json({"form_id": form.form_id, **names, "push_documented": form.push_documented})
        else:
            print(f"{form.form_id}\t{form.name(words.language)}")
    return Exit.ALL_PUSHED


def rules(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """List the rules from a form: the server's, and those of the catalogue. Raises KdguiError."""
    with open_engine(places, attended=False, repair=False) as engine:
        sign_in(engine, arguments, words)
        found = engine.choices.rules(arguments.form)
    for rule in found.rules:
        if arguments.json:
            _print_json(_rule_facts(rule))
        else:
            print(f"{rule.rule_id}\t{rule.name}\t{rule.source_form} → {rule.target_form}")
    return Exit.ALL_PUSHED if found.rules else Exit.NOTHING_TO_DO


def data_centres(arguments: argparse.Namespace, places: Paths, _words: Words) -> int:
    """List the data centres of a server, without signing in. Raises KdguiError."""
    if bool(arguments.server) == bool(arguments.connection):
        raise BadInput("account_missing", options="--connection | --server")
    with open_engine(places, attended=False, repair=False) as engine:
        server, ca_file = arguments.server, ""
        if arguments.connection:
            saved = connection_of_name(engine.profiles.load(), arguments.connection)
            server, ca_file = saved.server, saved.ca_file
        found = engine.connection.data_centres(read_address(server).base_url, ca_file)
    for centre in found:
        if arguments.json:
            _print_json({"id": centre.id, "number": centre.number, "name": centre.name})
        else:
            print(f"{centre.id}\t{centre.number}\t{centre.name}")
    return Exit.ALL_PUSHED if found else Exit.NOTHING_TO_DO


def _rule_facts(rule: Rule) -> dict[str, object]:
    return {
        "rule_id": rule.rule_id,
        "name": rule.name,
        "source_form": rule.source_form,
        "target_form": rule.target_form,
        "enabled": rule.enabled,
        "from_server": rule.from_server,
    }


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def add_rules(parser: argparse.ArgumentParser) -> None:
    """What `kdgui rules` takes."""
    add_account(parser)
    parser.add_argument("--form", required=True, help="source form id")


def add_data_centres(parser: argparse.ArgumentParser) -> None:
    """What `kdgui data-centres` takes."""
    parser.add_argument("--connection", default="", metavar="NAME", help="server of a saved connection")
    parser.add_argument("--server", default="", metavar="URL", help="address of the server")


def add_nothing(_parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
