"""Programs that the server's account cannot reach are copied with all that they need."""

import subprocess
from pathlib import Path

import pytest

from infra.local import postgres_programs
from infra.local.postgres_programs import Account


class Outsider(Account):
    """An account that reaches nothing of ours."""

    def reaches(self, path: Path) -> bool:
        return False


def test_a_copy_runs_where_the_original_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_programs, "SHARED_PLACE", tmp_path)
    programs = postgres_programs.programs_for(Outsider())
    assert programs.is_relative_to(tmp_path)
    assert subprocess.run([programs / "initdb", "--version"]).returncode == 0
    assert programs == postgres_programs.programs_for(Outsider())
