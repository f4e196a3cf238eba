"""All commands of the command line, in the order in which `kdgui --help` shows them."""

from __future__ import annotations

from collections.abc import Mapping

from kdgui.cli.check import CHECK
from kdgui.cli.choices import DATA_CENTRES, FORMS, RULES
from kdgui.cli.command import Command
from kdgui.cli.connections import CONNECTIONS, FORGET, LOGIN
from kdgui.cli.delete_created import DELETE_CREATED
from kdgui.cli.find import FIND
from kdgui.cli.plans import PLANS
from kdgui.cli.practice import PRACTICE
from kdgui.cli.push import PUSH
from kdgui.cli.ready import READY
from kdgui.cli.runs import RUNS, SHOW
from kdgui.cli.settle import SETTLE
from kdgui.cli.team import TEAM
from kdgui.cli.watch import WATCH

COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        PUSH,
        CHECK,
        FIND,
        PLANS,
        READY,
        DELETE_CREATED,
        SETTLE,
        RUNS,
        SHOW,
        WATCH,
        CONNECTIONS,
        LOGIN,
        FORGET,
        DATA_CENTRES,
        FORMS,
        RULES,
        TEAM,
        PRACTICE,
    )
}
