"""`python -m kdgui push` against a server that shares nothing with this program: verdicts beside its ledger.

`python -m tests.faults.others [MODE …]` tries these modes, or all, and says of each what was wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .other_books import PASSWORD, RULE, SOURCE, TARGET
from .other_server import MODES

ROOT = Path(__file__).resolve().parents[2]
QUICK = ("plain", "lost_answers", "rights_pages", "foreign_entities", "refusals_zero", "closes")
"""Modes that take a few seconds each; the others belong to the long run."""
LATE = frozenset(mode for mode in MODES if mode.startswith("no_"))


@dataclass
class Trial:
    """One mode: what the program said, and what the ledger says.

    Attributes:
        wrong: what does not agree; empty where the promise held.
        verdicts: how often each verdict came, in the last push.
        unsettled: bills left open at the end, after settling.
    """

    mode: str
    wrong: list[str] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    unsettled: int = 0
    seconds: float = 0.0


@contextmanager
def served(mode: str) -> Iterator[dict[str, Any]]:
    """The server in a process of its own."""
    command = [sys.executable, "-m", "tests.faults.other_server", mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


def kdgui(home: Path, *arguments: str, numbers: Sequence[str] = ()) -> tuple[int, list[dict[str, Any]], str]:
    """The command line in a process of its own: exit code, rows, and what it said beside."""
    environ = os.environ | {"KDGUI_HOME": str(home), "KDGUI_PASSWORD": PASSWORD}
    done = subprocess.run(
        [sys.executable, "-m", "kdgui", "--language", "zh", *arguments, "--json"],
        input="\n".join(numbers), env=environ, capture_output=True, text=True, cwd=ROOT, check=False,
        encoding="utf-8", timeout=400,
    )  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    wanted = "run" if arguments[0] == "runs" else "number"
    return done.returncode, [row for row in rows if wanted in row], done.stderr


def ledger(server: dict[str, Any]) -> list[dict[str, Any]]:
    """What was really done."""
    with urllib.request.urlopen(server["url"].replace("k3cloud/", "ledger"), timeout=10) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())
    return found


def try_mode(mode: str) -> Trial:
    """Push, push the same list once more, settle, and compare."""
    trial, started = Trial(mode), time.monotonic()
    with served(mode) as server, tempfile.TemporaryDirectory(prefix="kdgui-others-") as folder:
        home = Path(folder) / "home"
        numbers = server["numbers"]
        quiet = "9" if mode in LATE else "4" if mode == "replica" else "2"
        more = ["--merged", "--block", "6"] if mode == "merged_errors" else []
        if mode in ("lock_words_chain", "workflow_rejects", "manager_rejects", "foreign_entities"):
            more = ["--then", "audit"]
        place = ["--server", server["url"], "--data-centre", server["data_centre"], "--user", server["user"],
                 "--form", SOURCE, "--rule", RULE, "--target", TARGET]  # fmt: skip
        began = time.monotonic()
        code, rows, said = kdgui(home, "push", *place, "--settle-seconds", quiet, *more, numbers=numbers)
        first = time.monotonic() - began
        _compare(trial, "push", rows, server, code, said)
        trial.verdicts.update(str(row["verdict"]) for row in rows)
        if mode.startswith("refusals"):
            _compare_refusals(trial, rows, first)
        if mode == "lock_words" and trial.verdicts["pushed"] != len(numbers):
            trial.wrong.append(f"a lock is not tried once more at the end: {dict(trial.verdicts)}")
        if mode == "blind_then_seen":
            elsewhere = [part.replace("127.0.0.1", "localhost") for part in place]
            again = kdgui(home, "push", *elsewhere, "--settle-seconds", quiet, numbers=numbers)
            _compare(trial, "push by another name", again[1], server, again[0], again[2])
            see = urllib.request.Request(server["url"].replace("k3cloud/", "see"), data=b"{}", method="POST")
            urllib.request.urlopen(see, timeout=10).close()
        if mode in LATE:
            time.sleep(max(8 - (time.monotonic() - began), 0))  # what was to come late has come
        kdgui(home, "settle", "--settle-seconds", quiet)
        for run in kdgui(home, "runs")[1]:
            code, rows, said = kdgui(home, "show", str(run["run"]))
            _compare(trial, f"run {run['run']} when settled", rows, server, code, said)
        again = kdgui(home, "push", *place, "--settle-seconds", quiet, *more, numbers=numbers)
        _compare(trial, "the same list again", again[1], server, again[0], again[2])
        trial.unsettled = sum(row["verdict"] == "unsettled" for row in again[1])
    trial.seconds = time.monotonic() - started
    return trial


def _compare(
    trial: Trial, when: str, rows: list[dict[str, Any]], server: dict[str, Any], code: int, said: str
) -> None:
    done = ledger(server)
    made: dict[str, list[str]] = {}
    for entry in done:
        if entry["what"] == "push" and entry["why"] != "repeat":
            made.setdefault(entry["order"], []).append(str(entry["target"]))
    repeated = {entry["order"] for entry in done if entry.get("why") == "repeat"}
    wrong = trial.wrong
    if "Traceback" in said or not rows:
        wrong.append(f"{when}: exit {code}, {len(rows)} rows: {said.strip()[-400:]}")
    wrong += [f"{when}: {number} executed {len(ids)} times" for number, ids in made.items() if len(ids) > 1]
    for row in rows:
        number, verdict = row["number"], row["verdict"]
        told, ids = {str(target["id"]) for target in row["targets"]}, set(made.get(number, ()))
        if verdict == "pushed" and not (ids and ids <= told and (told == ids or number in repeated)):
            wrong.append(f"{when}: {number} told pushed {sorted(told)}, ledger {sorted(ids)}")
        if verdict in ("failed", "not_sent") and ids:
            wrong.append(f"{when}: {number} told {verdict}, ledger {sorted(ids)}: {row['reasons']}")
        if verdict == "pushed" and number in repeated and not row.get("alarm"):
            wrong.append(f"{when}: {number} was repeated by the proxy, and no alarm")
        odd = number in repeated or trial.mode == "foreign_entities"  # there the answer itself is alarming
        if verdict == "pushed" and not odd and row.get("alarm"):
            wrong.append(f"{when}: {number} alarms for nothing: {row['notes']}")
    strange = [entry for entry in done if entry["what"] in ("submit", "audit", "delete")]
    ours = {target for ids in made.values() for target in ids}
    wrong += [f"{when}: {entry['what']} of {entry['target']}, which is not ours" for entry in strange
              if str(entry["target"]) not in ours]  # fmt: skip


def _compare_refusals(trial: Trial, rows: list[dict[str, Any]], seconds: float) -> None:
    if seconds > 20:
        trial.wrong.append(f"{len(rows)} plain refusals took {seconds:.0f} s")
    trial.wrong += [
        f"{row['number']}: {row['verdict']} {row['reasons']}"
        for row in rows
        if row["verdict"] != "failed" or "必填" not in json.dumps(row["reasons"], ensure_ascii=False)
    ]


def main(modes: Sequence[str]) -> int:
    """Try these modes, or all; 1 where the promise was not kept."""
    failed = 0
    for mode in modes or MODES:
        trial = try_mode(mode)
        failed += bool(trial.wrong)
        counts = " ".join(f"{verdict} {count}" for verdict, count in trial.verdicts.items())
        print(f"{'WRONG' if trial.wrong else 'held ':5} {mode:20} {trial.seconds:5.0f} s  {counts};"
              f" unsettled at the end {trial.unsettled}", flush=True)  # fmt: skip
        for line in trial.wrong[:6]:
            print("      ", line, flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
