"""Benchmark, not a test: what guard, journal and read-back cost against a bare loop on the same server.

    python tests/bench_safety.py [--bills N] [--latency-ms N]

Both push the same number of bills one by one in this run, side by side, to a practice server in another
process; the ratio of their rates is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
SERVER = """
import sys, time
from kdgui.practice import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
server = PracticeServer(read_catalogue_file(), latency_ms=int(sys.argv[1]), bills=int(sys.argv[2]))
print(server.start().as_json(), flush=True)
time.sleep(3600)
"""
STUB = "Kingdee.BOS.WebApi.ServicesStub"


def open_numbers(url: str, count: int) -> list[str]:
    """Numbers of bills that can be pushed."""
    examples = requests.get(url.replace("k3cloud/", "practice/examples"), timeout=10).json()[FORM]
    numbers = [*examples["open"], *examples["open_many_lines"]]
    if len(numbers) < 2 * count:
        raise SystemExit(f"only {len(numbers)} bills can be pushed, {2 * count} are needed")
    return numbers


def bare_loop(invitation: dict[str, str], numbers: list[str]) -> float:
    """The tutorial's loop on one requests.Session; seconds."""
    with requests.Session() as session:
        login = [invitation["data_centre"], invitation["user"], invitation["password"], 2052]
        address = f"{invitation['url']}{STUB}.AuthService.ValidateUser.common.kdsvc"
        session.post(address, json={"parameters": login}, timeout=60)
        started = time.perf_counter()
        for number in numbers:
            body = {"FormId": FORM, "Data": json.dumps({"RuleId": RULE, "Numbers": [number]})}
            address = f"{invitation['url']}{STUB}.DynamicFormService.Push.common.kdsvc"
            answer = session.post(address, data=body, timeout=60).json()
            if not answer["Result"]["ResponseStatus"]["IsSuccess"]:
                raise SystemExit(f"{number}: {answer}")
        return time.perf_counter() - started


def our_run(invitation: dict[str, str], numbers: list[str]) -> float:
    """`kdgui push --json` on as many bills; seconds as it tells them (the run, without the sign-in)."""
    command = [sys.executable, "-m", "kdgui", "push", "--server", invitation["url"], "--json",
               "--data-centre", invitation["data_centre"], "--user", invitation["user"],
               "--form", FORM, "--rule", RULE]  # fmt: skip
    with tempfile.TemporaryDirectory() as home:
        environ = os.environ | {"KDGUI_HOME": home, "KDGUI_PASSWORD": invitation["password"]}
        done = subprocess.run(
            command, input="\n".join(numbers), env=environ, capture_output=True, encoding="utf-8", check=False
        )
    last = json.loads(done.stdout.splitlines()[-1])
    if last["counts"] != {"pushed": len(numbers)}:
        raise SystemExit(f"{last}\n{done.stderr}")
    return float(last["seconds"])


def main() -> None:
    """Run both and print the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bills", type=int, default=150)
    parser.add_argument("--latency-ms", type=int, default=200)
    arguments = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(arguments.latency_ms), str(20 * arguments.bills)],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert server.stdout is not None
        invitation = json.loads(server.stdout.readline())
        numbers = open_numbers(invitation["url"], arguments.bills)
        bare = bare_loop(invitation, numbers[: arguments.bills])
        ours = our_run(invitation, numbers[arguments.bills : 2 * arguments.bills])
    finally:
        server.terminate()
        server.wait(10)
    print(f"bare {bare:.2f} s, kdgui {ours:.2f} s, rate of kdgui / rate of bare loop = {bare / ours:.3f}")


if __name__ == "__main__":
    main()
