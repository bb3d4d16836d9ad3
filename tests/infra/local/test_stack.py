"""`make up` as a whole, on a copy of the project with two small functions."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import emulator
from infra.local.options import ROOT

# One worker starts the stack for all of them.
pytestmark = pytest.mark.xdist_group("make up")
PATIENCE = 60.0
HEALTH = """
def handle(event, context):
    return {"statusCode": 200, "body": '"first"'}
"""
NOTIFICATIONS = """
import json
import os

def handle(event, context):
    if "Records" not in event:
        return event
    with open(os.environ["SEEN"], "a") as seen:
        for record in event["Records"]:
            seen.write(json.loads(record["body"])["detail-type"] + "\\n")
    return {"batchItemFailures": []}
"""
USERS = """
def handle(event, context):
    return event
"""


class Stack:
    """A running `make up` on a copy of the project."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.process = self._start()
        self.description: dict[str, Any] = json.loads((tree / "data/stack.json").read_text())

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")
        }
        environment |= {
            "PORT": "0",
            "CAMPUS_DATA": str(self.tree / "data"),
            "SEEN": str(self.tree / "seen"),
        }
        with (self.tree / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "infra.local", "up"],
                cwd=self.tree,
                env=environment,
                stdout=log,
                stderr=log,
            )
        (self.tree / "data").mkdir(exist_ok=True)
        self._logged_before = getattr(self, "_logged_before", 0)
        wait_for(lambda: "Ctrl-C stops" in self.log(), self.log)
        return process

    def log(self) -> str:
        """What the running stack has printed."""
        return (self.tree / "log").read_bytes()[self._logged_before :].decode()

    def get(self, path: str, **headers: str) -> Any:
        """The answer to a GET as JSON, or as text."""
        url = f"http://127.0.0.1:{self.description['port']}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            text = answer.read().decode()
        return json.loads(text) if answer.headers["content-type"].endswith("json") else text

    def restart_after_kill(self) -> None:
        """Kill the supervisor hard; everything must be gone before it starts again."""
        self.process.kill()
        self.process.wait()
        wait_for(lambda: not processes_of(self.tree), lambda: str(processes_of(self.tree)))
        self._logged_before = (self.tree / "log").stat().st_size
        self.process = self._start()
        self.description = json.loads((self.tree / "data/stack.json").read_text())


def processes_of(tree: Path) -> list[str]:
    """Command lines of the processes that belong to the copy."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if str(tree) in command or (process / "cwd").readlink() == tree:
                found.append(command)
        except OSError:
            continue
    return found


def wait_for(done: Callable[[], bool], explain: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)


def write_function(tree: Path, domain: str, text: str) -> None:
    folder = tree / "functions" / domain
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "handler.py").write_text(text)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    tree = tmp_path_factory.mktemp("campus")
    for name in ("infra", "shared", "events"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "template.yaml", tree)
    (tree / "infra/local/seed.py").unlink(missing_ok=True)
    (tree / ".emulator").symlink_to(ROOT / ".emulator")
    for domain, text in (("health", HEALTH), ("notifications", NOTIFICATIONS), ("users", USERS)):
        write_function(tree, domain, text)
    running = Stack(tree)
    yield running
    running.process.send_signal(signal.SIGINT)
    running.process.wait(PATIENCE)
    assert not processes_of(tree)


def test_it_prints_where_everything_is_and_a_token(stack: Stack) -> None:
    assert f"http://127.0.0.1:{stack.description['port']}/docs" in stack.log()
    assert "export TOKEN=ey" in stack.log()
    assert stack.log().count("curl ") == 3


def test_an_event_on_the_bus_reaches_the_function_that_subscribes(stack: Stack) -> None:
    events = emulator.client("events", stack.description["endpoint"])
    entry = {"Source": "campus.users", "DetailType": "user.created", "Detail": "{}"}
    bus = stack.description["values"]["EventBus"]
    answer = events.put_events(Entries=[{**entry, "EventBusName": bus}])
    assert answer["FailedEntryCount"] == 0
    seen = stack.tree / "seen"
    wait_for(lambda: seen.exists() and "user.created" in seen.read_text(), stack.log)


def test_the_console_shows_routes_queues_schedules_and_mails(stack: Stack) -> None:
    assert {"route": "$default", "function": "health"} in stack.get("/_local/routes")
    assert any(queue["name"].endswith("-dead") for queue in stack.get("/_local/queues"))
    assert any(each["name"] == "sweep" and each["next"] for each in stack.get("/_local/schedules"))
    assert stack.get("/_local/mails")[0].keys() >= {"to", "subject", "text", "html"}
    assert "<title>Campus console</title>" in stack.get("/_local/")
    assert stack.get("/_local/events") == []


def test_the_root_leads_to_the_docs(stack: Stack) -> None:
    stack.get("/")
    assert stack.get("/_local/requests")[0]["path"] == "/docs"


@pytest.mark.parametrize(
    "headers", [{"Host": "rebound.example"}, {"Origin": "https://evil.example"}]
)
def test_the_console_answers_no_other_site(stack: Stack, headers: dict[str, str]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        stack.get("/_local/mails", **headers)


def test_an_edit_is_served_and_a_broken_one_is_not(stack: Stack) -> None:
    assert stack.get("/health") == "first"
    write_function(stack.tree, "health", HEALTH.replace("first", "second"))
    wait_for(lambda: stack.get("/health") == "second", stack.log)
    write_function(stack.tree, "health", "def handle(:")
    wait_for(lambda: "still serves" in stack.log(), stack.log)
    assert "SyntaxError" in stack.log()
    assert stack.get("/health") == "second"
    write_function(stack.tree, "health", HEALTH.replace("first", "third"))
    wait_for(lambda: stack.get("/health") == "third", stack.log)


def test_an_event_file_runs_a_function_once(stack: Stack) -> None:
    sample = stack.tree / "events/samples/notifications/hello.json"
    sample.parent.mkdir(parents=True, exist_ok=True)
    sample.write_text('{"hello": "there"}')
    done = subprocess.run(
        [sys.executable, "-m", "infra.local", "invoke", str(sample)],
        cwd=stack.tree,
        env=os.environ | {"CAMPUS_DATA": str(stack.tree / "data")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"hello": "there"}


def test_a_hard_kill_leaves_no_process_and_loses_nothing(stack: Stack) -> None:
    before, mails = stack.description["values"], stack.get("/_local/mails")
    stack.restart_after_kill()
    after = stack.description["values"]
    assert [after[name] for name in ("UserPool", "UserPoolClient")] == [
        before[name] for name in ("UserPool", "UserPoolClient")
    ]
    assert stack.get("/_local/mails") == mails
    assert "export TOKEN=ey" in stack.log()
