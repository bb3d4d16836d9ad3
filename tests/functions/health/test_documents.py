"""Documents: versions, OpenAPI, guides, the docs page, and what is nowhere."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.health import documents
from functions.health.checks import NEEDED_SCHEMA
from infra.docs_page import build
from tests.campus import ROOT, Campus


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the docs page, built, in place of the function's own."""
    shutil.copytree(ROOT / "functions" / "health" / "openapi", tmp_path / "openapi")
    build(tmp_path / "page")
    use_folder(monkeypatch, tmp_path)
    return tmp_path / "page"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """What a test has put in the documents' place is gone with it, from what is kept too."""
    yield
    for kept in (documents._page, documents._read):
        kept.cache_clear()


def use_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for kept in (documents._page, documents._read):
        kept.cache_clear()
    monkeypatch.setattr(documents, "FOLDER", folder)


def test_the_versions_are_listed_with_the_way_on(campus: Campus):
    listed = campus.call("GET", "/versions").data["versions"]
    assert [one["version"] for one in listed] == ["v1", "v2"]
    older, newer = listed
    assert older["isDeprecated"] is True
    assert older["isLatest"] is False
    assert older["isSupported"] is True
    assert older["sunsetDate"] == "2027-06-30"
    assert older["migrationGuide"] == "/versions/v1/migration-guide"
    assert any("`completed`" in text for text in older["breakingChanges"])
    assert newer == {
        "version": "v2",
        "isSupported": True,
        "isDeprecated": False,
        "isLatest": True,
        "sunsetDate": None,
        "migrationGuide": None,
        "breakingChanges": [],
    }
    assert campus.call("GET", "/versions/v1").data == older
    assert campus.call("GET", "/versions/v9").status == 404


def test_a_version_past_its_sunset_is_not_supported(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CAMPUS_VERSION_DATES", '{"v1": {"sunset": "2026-01-01"}}')
    assert campus.call("GET", "/versions/v1").data["isSupported"] is False
    assert campus.call("GET", "/version").data["supportedVersions"] == ["v2"]
    assert campus.call("GET", "/versions/v1/migration-guide").status == 200
    assert campus.call("GET", "/v1/tasks/assignments").status == 410


def test_the_release_is_told(campus: Campus, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CAMPUS_RELEASE", "2.0.0+abc")
    assert campus.call("GET", "/version").data == {
        "release": "2.0.0+abc",
        "latestVersion": "v2",
        "supportedVersions": ["v1", "v2"],
    }


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_openapi_document_of_a_version_is_served(campus: Campus, version: str):
    answer = campus.call("GET", f"/openapi.json?version={version}")
    assert answer.status == 200
    assert answer.json["info"]["version"].startswith(version[1:])
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = campus.call(
        "GET", f"/openapi.json?version={version}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status, again.text) == (304, "")
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_the_newest_document_is_the_usual_one(campus: Campus):
    newest = campus.call("GET", "/openapi.json?version=v2")
    assert campus.call("GET", "/openapi.json").text == newest.text
    wrong = campus.call("GET", "/openapi.json?version=v9")
    assert (wrong.status, wrong.error) == (400, "UNSUPPORTED_VERSION")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("application/json", "text/html"),
        ("text/markdown", "text/markdown"),
        ("text/plain", "text/markdown"),
        ("text/markdown;q=0.5, text/html;q=0.9", "text/html"),
        ("text/markdown, text/html;q=0.9", "text/markdown"),
        ("text/html;q=nonsense", "text/html"),
    ],
)
def test_the_guide_comes_as_the_caller_wants_it(campus: Campus, accept: str, kind: str):
    answer = campus.call("GET", "/versions/v1/migration-guide", headers={"Accept": accept})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert "From v1 to v2" in answer.text
    if kind == "text/html":
        assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]


def test_there_is_no_guide_from_the_newest_version(campus: Campus):
    answer = campus.call("GET", "/versions/v2/migration-guide")
    assert (answer.status, answer.error) == (404, "NOT_FOUND")


def test_the_docs_page_is_served_as_it_was_built(campus: Campus, page: Path):
    described = json.loads((page / "page.json").read_text())
    answer = campus.call("GET", "/docs")
    assert answer.status == 200
    assert answer.text == (page / "index.html").read_text()
    assert answer.headers["Content-Security-Policy"] == described["contentSecurityPolicy"]
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    for name in re.findall(r'"docs/([\w.]+)"', answer.text):
        asset = campus.call("GET", f"/docs/{name}")
        assert asset.status == 200
        assert asset.text == (page / name).read_text()
        assert "immutable" in asset.headers["Cache-Control"]
        known = {"If-None-Match": f"W/{asset.headers['ETag']}"}
        assert campus.call("GET", f"/docs/{name}", headers=known).status == 304


@pytest.mark.parametrize("name", ["page.json", "nothing.js", "..%2Fmodels.py", "%2e%2e"])
def test_nothing_else_of_the_folder_is_served(campus: Campus, page: Path, name: str):
    assert campus.call("GET", f"/docs/{name}").status == 404


def test_a_page_that_was_not_built_says_what_to_do(
    campus: Campus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    use_folder(monkeypatch, tmp_path)
    answer = campus.call("GET", "/docs")
    assert (answer.status, answer.error) == (503, "SERVICE_UNAVAILABLE")
    assert "infra.docs_page" in answer.json["error"]["message"]


@pytest.mark.parametrize("path", ["/", "/nothing", "/v2", "/v2/nothing", "/v1/nothing/at/all"])
def test_unknown_paths_are_answered_in_the_envelope_of_their_version(campus: Campus, path: str):
    answer = campus.call("GET", path)
    assert (answer.status, answer.error) == (404, "NOT_FOUND")
    assert ("meta" in answer.json) == path.startswith("/v1")


def test_a_known_path_takes_no_other_method(campus: Campus):
    answer = campus.call("POST", "/health")
    assert (answer.status, answer.error) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_static_answers_have_no_limit(campus: Campus):
    for _ in range(30):
        answer = campus.call("GET", "/versions")
        assert answer.status == 200
        assert "RateLimit" not in answer.headers


def test_the_needed_schema_is_the_newest_migration():
    names = sorted(path.name for path in (ROOT / "infra" / "migrations").glob("*.up.sql"))
    newest = names[-1].partition("_")[0]
    assert NEEDED_SCHEMA.read_text().strip() == newest, "write it into schema_version.txt"
