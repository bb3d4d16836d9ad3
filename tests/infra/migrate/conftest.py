"""Migrations made up for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.migrate import Options

Write = Callable[..., Options]
NO_FAULTS = "SELECT 'fault' WHERE false;"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a migration and returns options that apply the folder of all written ones."""
    directory = tmp_path / "migrations"
    directory.mkdir()

    def write_one(
        version: int, up: str, down: str = "SELECT 1;", validate: str = NO_FAULTS
    ) -> Options:
        for part, text in (("up", up), ("down", down), ("validate", validate)):
            (directory / f"{version:014d}_made_up.{part}.sql").write_text(text)
        return Options(directory=directory, applied_by="a test", patience=20)

    return write_one
