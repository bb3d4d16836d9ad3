"""The journey again, with the built artifacts under AWS's own runtime interface client.

Run by `make build-test`, which builds them first; `make test` does not collect this file, since it
takes more than 40 seconds. A restart begins a process for each function,
so that it may take longer than the local stack's threads.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campus import ROOT
from tests.journeys.stack import Stack
from tests.journeys.test_journey import test_the_journey  # noqa: F401 (runs on our own `stack`)

BUILD = ROOT / ".aws-sam" / "here"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    directory = Path(tempfile.mkdtemp(prefix="campus-artifacts-"))
    directory.chmod(0o755)
    stack = Stack(directory / "data", {"CAMPUS_ARTIFACTS": str(BUILD)}, restart_seconds=40)
    stack.start()
    yield stack
    stack.stop()
    shutil.rmtree(directory, ignore_errors=True)
