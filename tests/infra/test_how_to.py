"""The how-tos and `make new-domain` do what they say: followed to the letter, in a scratch copy."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra import new_domain
from infra.openapi.__main__ import FROZEN, OPENAPI
from tests.campus import ROOT
from tests.infra.how_to.blocks import blocks
from tests.infra.how_to.scratch import Scratch
from tests.infra.how_to.third_version import add_third_version

PAGES = ROOT / "docs" / "how-to"


DOCUMENTS = "tests/infra/openapi/test_documents.py"


@dataclass(frozen=True)
class Followed:
    """A copy in which all how-tos were followed and a domain was begun, and what its tests said."""

    scratch: Scratch
    added: list[str]
    said: str

    def proven_by(self, what: str, *proofs: str) -> None:
        """Proofs have found what is new by themselves."""
        for proof in proofs:
            passed = rf"PASSED tests/proofs/test_{proof}\.py::.*{what}"
            assert re.search(passed, self.said), f"nothing of {what} for {proof}"


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """Everything at once: to make a copy, its documents and its databases is most of the work."""
    scratch = Scratch.copy(tmp_path_factory.mktemp("followed"))
    written = scratch.make("new-domain", "NAME=library").splitlines()
    steps = [step for page in sorted(PAGES.glob("*.md")) for step in blocks(page)]
    for step in steps:
        step.apply(scratch.root)
    scratch.fix(*written, *{step.path for step in steps})
    added = [step.path for step in steps if step.new]
    names = " or ".join(Path(path).stem for path in added)
    said = scratch.pytest(
        *added,
        "tests/functions/library",
        "tests/proofs",
        "tests/infra/test_template.py",
        DOCUMENTS,
        "tests/events",
        "-k",
        f"library or advance or {names} or test_template or test_contracts or test_schema"
        " or test_documents and published and v1",
        "-rA",
    )
    return Followed(scratch, added, said)


@pytest.mark.xdist_group("how-to")
def test_an_endpoint_answers_and_a_subscriber_reacts(followed: Followed):
    for test in ("test_advance", "test_full_week"):
        [path] = [path for path in followed.added if Path(path).stem == test]
        assert f"PASSED {path}" in followed.said
    followed.proven_by("advance", "access", "hostile_input", "mass_assignment", "tenants")
    samples = followed.scratch.root / "events/samples/notifications"
    assert (samples / "event-streak.updated.json").exists()


@pytest.mark.xdist_group("how-to")
def test_a_new_domain_passes_its_own_tests_and_every_proof(followed: Followed):
    assert "PASSED tests/functions/library/test_library.py" in followed.said
    followed.proven_by("library", "access", "envelopes", "hostile_input", "mass_assignment")
    followed.proven_by("library", "plans", "tenants")


@pytest.mark.xdist_group("how-to")
def test_a_breaking_change_reaches_the_newest_version_alone(followed: Followed):
    scratch = followed.scratch
    assert compare(scratch, "v1") == []
    broken = compare(scratch, "v2")
    assert broken
    assert all("/v2/tasks/count" in line for line in broken)
    scratch.run(".venv/bin/python", "-m", "infra.openapi", "freeze")
    assert compare(scratch, "v2") == []
    guide = scratch.root / "functions/health/guides/v1.md"
    assert "In the counts of items, `study_sessions` became `sessions`." in guide.read_text()


def test_a_third_version_leaves_both_others_as_they_are(tmp_path: Path):
    scratch = Scratch.copy(tmp_path)
    added = add_third_version(scratch)
    scratch.run(".venv/bin/python", "-m", "infra.openapi")
    assert compare(scratch, "v1") == compare(scratch, "v2") == []
    guides = scratch.root / "functions/health/guides"
    step = "A device's `platform` became `system`, and its `token` became `pushAddress`."
    for version in ("v1", "v2"):
        guide = (guides / f"{version}.md").read_text()
        assert f"# From {version} to v3" in guide
        told = guide.partition(step)[2]
        assert told.index('"platform": "ios"') < told.index('"system": "ios"')
    scratch.pytest(added, DOCUMENTS, "-k", "three_versions or valid_openapi and v3 or same_id")


def compare(scratch: Scratch, version: str) -> list[str]:
    """What breaks clients of a version's published document."""
    folder = OPENAPI.relative_to(ROOT)
    frozen = FROZEN.relative_to(ROOT)
    done = subprocess.run(
        [".venv/bin/python", "-m", "infra.openapi", "diff"]
        + [str(path / f"{version}.json") for path in (frozen, folder)],
        cwd=scratch.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == bool(done.stdout), done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Li", "lower-case"),
        ("9lives", "lower-case"),
        ("study_room", "lower-case"),
        ("class", "reserved"),
        ("order", "reserved"),
        ("tasks", "functions/tasks exists"),
        ("operations", "events/operations.py exists"),
        ("auth", "/auth belongs to"),
    ],
)
def test_a_domain_that_would_overwrite_or_hide_something_is_refused(
    tmp_path: Path, name: str, reason: str
):
    for part in ("template.yaml", "tests/proofs/access.txt", "events/operations.py"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    (tmp_path / "functions/tasks").mkdir(parents=True)
    before = contents(tmp_path)
    with pytest.raises(SystemExit, match=reason):
        new_domain.create(name, tmp_path)
    assert contents(tmp_path) == before


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
