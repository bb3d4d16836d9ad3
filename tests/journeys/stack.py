"""`make up` as a process of its own: started, spoken to over HTTP, killed, started again."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.ports import free_port
from tests.campus import ROOT
from tests.journeys.deployment import Deployment, wait_for

_KEPT_OUT = ("DATABASE_URL", "CAMPUS_", "AWS_", "USER_POOL_", "EVENT_BUS", "MAIL_", "PUBLIC_URL")


@dataclass
class Stack(Deployment):
    """One local stack on a port of its own.

    A later start may take `restart_seconds`, or on a busy machine twice what the first took there,
    which had everything to make. The promise of ten seconds is measured by .ci/fresh-start.
    """

    data: Path
    extra: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[str] | None = None
    restart_seconds: float = 15

    def start(self) -> float:
        """Start and wait until it answers. Returns the seconds that took."""
        is_first = self.process is None
        self.port = self.port or free_port()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(_KEPT_OUT)}
        environment = {
            **inherited,
            "PORT": str(self.port),
            "CAMPUS_DATA": str(self.data),
            **self.extra,
        }
        began = time.monotonic()
        self.log = (self.data.parent / f"{self.data.name}.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=ROOT,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        wait_for(lambda: self.call("GET", "/health").status == 200, 120, self.tail)
        wait_for(lambda: "Campus is up" in self.tail(), 60, self.tail)
        took = time.monotonic() - began
        if is_first:
            self.restart_seconds = max(self.restart_seconds, 2 * took)
        return took

    def restart(self, **extra: str) -> float:
        """Stop, and start with other extra variables. Returns the seconds that the start took."""
        self.stop()
        self.extra = extra
        return self.start()

    def kill(self) -> None:
        """kill -9: no farewell."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def stop(self) -> None:
        """Ctrl-C."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()

    def tail(self) -> str:
        path = self.data.parent / f"{self.data.name}.log"
        return path.read_text()[-6000:] if path.exists() else ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        path = self.data.parent / f"{self.data.name}.log"
        return re.findall(r"Database\s+(\S+)", path.read_text())[-1]

    def secret(self, name: str) -> str:
        return json.loads((self.data / "secrets.json").read_text())[name]

    def mails(self) -> list[dict[str, str]]:
        return self.call("GET", "/_local/mails").json
