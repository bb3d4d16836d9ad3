"""The how-tos and `make new-domain` do what they say: followed to the letter, in a scratch copy."""

import subprocess
from pathlib import Path

import pytest

from infra import new_domain
from infra.openapi.__main__ import FROZEN, OPENAPI
from tests.campus import ROOT
from tests.infra.how_to.blocks import blocks
from tests.infra.how_to.scratch import Scratch
from tests.infra.how_to.third_version import add_third_version

PAGES = ROOT / "docs" / "how-to"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch.copy(tmp_path)


def follow(scratch: Scratch, *pages: str) -> list[str]:
    """Do what how-tos say. Returns the tests that they add."""
    steps = [step for page in pages for step in blocks(PAGES / f"{page}.md")]
    for step in steps:
        step.apply(scratch.root)
    scratch.fix(*{step.path for step in steps})
    return [step.path for step in steps if step.new]


def test_an_endpoint_answers_and_a_subscriber_reacts(scratch: Scratch):
    added = follow(scratch, "add-an-endpoint", "add-a-subscriber")
    assert [Path(path).stem for path in added] == ["test_advance", "test_full_week"]
    said = scratch.pytest(
        *added,
        "tests/infra/test_template.py",
        "tests/infra/openapi/test_documents.py",
        "tests/proofs",
        "-k",
        "(advance or full_week or template or published) and not plans and not versions_hold",
        "-rA",
    )
    proven_by(said, "access", "hostile_input", "mass_assignment", "tenants")
    assert (scratch.root / "events/samples/notifications/event-streak.updated.json").exists()


def proven_by(said: str, *proofs: str) -> None:
    """Proofs have found what is new by themselves."""
    for proof in proofs:
        assert f"PASSED tests/proofs/test_{proof}.py" in said, f"nothing new for {proof}"


def test_a_breaking_change_reaches_the_newest_version_alone(scratch: Scratch):
    added = follow(scratch, "add-a-breaking-change")
    scratch.pytest(*added)
    assert compare(scratch, "v1") == []
    broken = compare(scratch, "v2")
    assert broken
    assert all("/v2/tasks/count" in line for line in broken)
    scratch.run(".venv/bin/python", "-m", "infra.openapi", "freeze")
    assert compare(scratch, "v2") == []
    guide = scratch.root / "functions/health/guides/v1.md"
    assert "In the counts of items, `study_sessions` became `sessions`." in guide.read_text()


def test_a_third_version_leaves_both_others_as_they_are(scratch: Scratch):
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
    documents = "tests/infra/openapi/test_documents.py"
    scratch.pytest(added, documents, "-k", "three_versions or valid_openapi or same_id")


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


def test_a_new_domain_passes_its_own_tests_and_every_proof(scratch: Scratch):
    written = scratch.make("new-domain", "NAME=library").splitlines()
    scratch.fix(*written)
    said = scratch.pytest(
        "tests/functions/library",
        "tests/proofs",
        "tests/infra/test_template.py",
        "tests/events",
        "-k",
        "library or test_template or test_contracts or test_schema",
        "-rA",
    )
    proven_by(said, "access", "envelopes", "hostile_input", "mass_assignment", "plans", "tenants")


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
    scratch: Scratch, name: str, reason: str
):
    template = (scratch.root / "template.yaml").read_text()
    with pytest.raises(SystemExit, match=reason):
        new_domain.create(name, scratch.root)
    assert (scratch.root / "template.yaml").read_text() == template
