"""Starts the AWS emulator in an environment of its own and waits until it answers."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.local.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
INTERPRETER = ROOT / ".emulator" / "bin" / "python"
REGION = "eu-central-1"
PATIENCE_SECONDS = 30.0
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class EmulatorError(RuntimeError):
    """The emulator did not start, with the end of its log."""


@dataclass(frozen=True)
class Emulator:
    """A running emulator: where it answers, and its process."""

    endpoint: str
    process: subprocess.Popen[bytes]

    def client(self, service: str) -> Any:
        """A boto3 client of a service of this emulator."""
        return client(service, self.endpoint)

    def stop(self) -> None:
        """End it; there is nothing to wait for, since everything that counts is on disk."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()


def client(service: str, endpoint: str) -> Any:
    """A boto3 client of a service at an endpoint; long polls keep their connection open."""
    session: Any = boto3.Session()
    return session.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(max_pool_connections=50, retries={"mode": "standard", "max_attempts": 2}),
    )


def start(state: Path, invoke_url: str, interpreter: Path = INTERPRETER) -> Emulator:
    """Start an emulator that keeps people and mails in `state`.

    `invoke_url` followed by a function's name is where the user pool's triggers are posted;
    `interpreter` is the Python of the environment that the emulator is installed in.
    """
    port = free_port()
    state.mkdir(parents=True, exist_ok=True)
    for abandoned in state.glob("ministack-*.pid"):
        abandoned.unlink()
    with (state / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            [str(interpreter), str(Path(__file__).with_name("emulator_program.py"))],
            env=_environment(port, state, invoke_url),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches us, and we stop the emulator in order
        )
    emulator = Emulator(f"http://127.0.0.1:{port}", process)
    _await(emulator, state / "emulator.log")
    return emulator


def _environment(port: int, state: Path, invoke_url: str) -> dict[str, str]:
    inherited = {
        name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ
    }
    return inherited | {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "CAMPUS_INVOKE_URL": invoke_url,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "SFTP_ENABLED": "0",
        "S3_DATA_DIR": str(state.absolute() / "s3"),
        "STATE_DIR": str(state.absolute()),
        "TMPDIR": str(state.absolute()),
        **CREDENTIALS,
    }


def _await(emulator: Emulator, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and emulator.process.poll() is None:
        try:
            with urllib.request.urlopen(emulator.endpoint + "/_ministack/health", timeout=1):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    emulator.stop()
    raise EmulatorError("the AWS emulator did not start:\n" + log.read_text()[-2000:])
