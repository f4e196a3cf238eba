"""`kdgui ready`: what a server lets be seen before a rule is used; reads only, beside a run too."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import kdgui
from kdgui.bootstrap import open_engine
from kdgui.cli.account import sign_in
from kdgui.cli.command import add_place
from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.readiness import Light, Readiness
from kdgui.printing import Exit, visible
from kdgui.pushing.engine import PushEngine
from kdgui.store.exports.readiness_report import line_facts, write_ready_file
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths


def ready(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Sign in, look around, print the report and write it where that is asked for; the exit code."""
    with open_engine(places, attended=False, repair=False) as engine:
        sign_in(engine, arguments, words)
        report = engine.choices.readiness(arguments.form, arguments.rule, arguments.target)
        about = _about(engine, arguments)
    counts = {light.value: report.count(light) for light in Light}
    if arguments.json:
        for line in report.lines:
            _print(line_facts(line, words))
        _print({"form": arguments.form, "rule": arguments.rule, **counts})
    else:
        _print_text(report, words)
        print(words.text("cli.ready", form=arguments.form, rule=arguments.rule, **counts))
    if arguments.export:
        try:
            write_ready_file(Path(arguments.export), report, about, words)
        except KdguiError as trouble:  # the sign-in was fine: the name given is not
            raise BadInput(trouble.code, trouble.detail, **trouble.values) from None
    return Exit.NOT_ALL if counts["red"] else Exit.ALL_PUSHED


def _about(engine: PushEngine, arguments: argparse.Namespace) -> dict[str, str]:
    connection = engine.connection
    profile, signed_in, here = connection.profile, connection.signed_in, connection.organisation
    return {
        "program": f"kdgui {kdgui.__version__}",
        "server": profile.server if profile else "",
        "version": signed_in.version if signed_in else "",
        "data_centre": profile.data_centre_id if profile else "",
        "data_centre_name": profile.data_centre_name if profile else "",
        "organisation": " ".join(filter(None, (here.number, here.name))) if here else "",
        "user": profile.user if profile else "",
        "form": arguments.form,
        "rule": arguments.rule,
        "target": arguments.target,
    }


def _print_text(report: Readiness, words: Words) -> None:
    """A light and a sentence a line; underneath what to do and who can, and the server's own words."""
    for line in report.lines:
        told = words.ready(line)
        print(f"[{words.text(f'light.{line.light.value}')}] {visible(told.what)}")
        who = f" [{told.who}]" if told.who else ""
        for more in (f"{told.do}{who}" if told.do else "", line.detail):
            if more:
                print(f"    {visible(more)}")


def _print(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui ready` takes."""
    add_place(parser)
    parser.add_argument("--export", metavar="FILE", help="write the report with the server's raw answers")
