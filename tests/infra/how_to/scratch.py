"""A copy of the repository to change and try, with this one's Python environment."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.campus import ROOT
from tests.postgres import SERVER_URL

_PARTS = ("Makefile", "pyproject.toml", "requirements.lock", "template.yaml")
_FOLDERS = ("docs", "events", "functions", "infra", "shared", "tests")
_KEPT_OUT = ("DATABASE_URL", "CAMPUS_", "AWS_", "USER_POOL_", "EVENT_BUS", "MAIL_", "PUBLIC_URL")
_KEPT_OUT += ("PYTEST_",)


@dataclass(frozen=True, slots=True)
class Scratch:
    """The copy's folder."""

    root: Path

    @classmethod
    def copy(cls, root: Path) -> "Scratch":
        """The project without its history, what was built, and what measures it as a whole. Its
        modules come compiled: times of files are copied, too."""
        ignored = shutil.ignore_patterns("bench", "chaos", "journeys")
        for name in _FOLDERS:
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        for name in _PARTS:
            shutil.copy2(ROOT / name, root / name)
        (root / ".venv").symlink_to(ROOT / ".venv")
        return cls(root)

    def run(self, *command: str, **environment: str) -> str:
        """What a command says that is run in the copy. Fails, with all of it, when it fails."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(_KEPT_OUT)}
        done = subprocess.run(
            command,
            cwd=self.root,
            env=inherited | environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{' '.join(command)}\n{said[-6000:]}"
        return said

    def make(self, *arguments: str) -> str:
        """A command of the Makefile, with the environment taken as installed."""
        return self.run("make", "-o", ".venv/installed", *arguments)

    def fix(self, *files: str) -> None:
        """What `make fix` does, with style in these files alone: others are not ours to judge."""
        python = [name for name in files if name.endswith(".py")]
        self.run(".venv/bin/ruff", "check", "--fix", "--exit-zero", *python)
        self.run(".venv/bin/ruff", "format", *python)
        self.run(".venv/bin/ruff", "check", *python)
        self.run(".venv/bin/python", "-m", "infra.openapi")
        self.run(".venv/bin/python", "-m", "infra.contracts")

    def pytest(self, *arguments: str) -> str:
        """Tests of the copy, in databases of their own on the server that is there. Their asserts
        stay as they are: to rewrite those of a copy takes longer than most of its tests."""
        command = (".venv/bin/pytest", "-p", "no:cacheprovider", "--assert=plain", *arguments)
        return self.run(*command, DATABASE_URL=os.environ[SERVER_URL])
