"""`kdgui team init|test|status`: the shared ledger of several PCs, made, tested and looked at."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys

from kdgui.domain.errors import LedgerTrouble
from kdgui.printing import Exit
from kdgui.pushing.team.diagnosis import check_team, report_lines
from kdgui.pushing.team.setting import TeamSetting
from kdgui.store.ledger.address import TeamAddress
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.policy import load_policy
from kdgui.store.secrets import Secrets
from kdgui.store.settings import SettingsFile


def team(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Do what the arguments say; the exit code. Raises LedgerTrouble."""
    settings = SettingsFile(places.settings).load()
    setting = TeamSetting(lambda: settings, Secrets(), os.environ, load_policy().team_ledger)
    work = {"init": _init, "test": _test, "status": _status}[arguments.action]
    return work(setting, words, as_json=arguments.json)


def _address(setting: TeamSetting) -> TeamAddress:
    """The address, and its password from a prompt where nothing else has it. Raises LedgerTrouble."""
    address = setting.address()
    if address is None:
        raise LedgerTrouble("ledger_off")
    if not address.password and sys.stdin and sys.stdin.isatty():
        return address.with_password(getpass.getpass(f"{address.user} @ {address.place}: "))
    return address


def _init(setting: TeamSetting, words: Words, *, as_json: bool) -> int:
    from kdgui.store.ledger.ledger import Ledger

    address = _address(setting)
    ledger, is_new = Ledger.init(address)
    ledger.close()
    if as_json:
        _line({"address": address.text, "ledger": ledger.id, "made": is_new})
    else:
        print(words.text("team.made" if is_new else "team.there", address=address.text))
    return Exit.ALL_PUSHED


def _test(setting: TeamSetting, words: Words, *, as_json: bool) -> int:
    report = check_team(setting.text, lambda: _address(setting))
    if as_json:
        _line(
            {
                "address": report.address,
                "passed": [step.value for step in report.passed],
                "failed": report.failed.value if report.failed else None,
                "code": report.trouble.code if report.trouble else None,
                "detail": report.trouble.detail if report.trouble else "",
                "encrypted": report.encrypted,
                "milliseconds": round(report.milliseconds, 1) if report.milliseconds is not None else None,
            }
        )
    else:
        for line in report_lines(report, words):
            print(line)
    return Exit.JOURNAL if report.failed else Exit.ALL_PUSHED


def _status(setting: TeamSetting, words: Words, *, as_json: bool) -> int:
    from kdgui.store.ledger.ledger import Ledger
    from kdgui.store.ledger.stations import Stations

    ledger = Ledger.open(_address(setting))
    try:
        view = Stations(ledger).look()
    finally:
        ledger.close()
    people = [
        {
            "user": one.user,
            "pc": one.pc,
            "since": one.since.isoformat() if one.since else None,
            "pushing": one.pushing,
        }
        for one in view.colleagues
    ]
    if as_json:
        _line({"address": ledger.database.address.text, "people": people, "orphans": view.orphans})
        return Exit.ALL_PUSHED
    print(words.text("team.people", count=view.people, address=ledger.database.address.text))
    for one in view.colleagues:
        since = one.since.astimezone().strftime("%m-%d %H:%M") if one.since else ""
        doing = words.text("team.pushing", count=one.pushing) if one.pushing else ""
        print(f"  {one.user or '-'}  {one.pc}  {since}  {doing}".rstrip())
    if view.orphans:
        print(words.text("team.orphans", count=view.orphans))
    return Exit.ALL_PUSHED


def _line(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui team` takes."""
    parser.add_argument(
        "action", choices=("init", "test", "status"), help="make its tables, test the way to it, look"
    )
