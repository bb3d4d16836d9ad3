"""What the build writes, and that a browser has no reason to ask anybody else."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.docs_page import CONTENT_SECURITY_POLICY, build

SAID_NOT_LOADED = {"http://www.w3.org/2000/svg", "https://example.org/"}


@pytest.fixture
def page(built: Path) -> dict[str, Any]:
    return json.loads((built / "page.json").read_text())


def test_page_json_lists_every_file_and_only_those(built: Path, page: dict[str, Any]) -> None:
    listed = {file["name"] for file in [page["index"], *page["assets"]]}
    assert {path.name for path in built.iterdir()} == listed | {"page.json"}
    assert {Path(name).suffix for name in listed} == {".html", ".js", ".css", ".svg"}


def test_an_assets_name_changes_with_its_content(built: Path, page: dict[str, Any]) -> None:
    for asset in page["assets"]:
        digest = hashlib.sha256((built / asset["name"]).read_bytes()).hexdigest()[:12]
        assert asset["name"].split(".")[1] == digest
        assert asset["etag"] == f'"{digest}"'
        assert "immutable" in asset["cacheControl"]
    assert page["index"]["cacheControl"] == "no-cache"


def test_the_policy_allows_nothing_unsafe(page: dict[str, Any]) -> None:
    policy = page["contentSecurityPolicy"]
    assert policy == CONTENT_SECURITY_POLICY
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert not re.search(r"unsafe|data:|blob:|https?:|\*", policy)


def test_the_index_refers_to_built_assets_only(built: Path, page: dict[str, Any]) -> None:
    html = (built / "index.html").read_text()
    references = set(re.findall(r'(?:src|href)="(?:docs/)([^"]+)"', html))
    assert references == {asset["name"] for asset in page["assets"]}
    assert not re.search(r"<style|<script(?! type=\"module\" src=)| on\w+=| style=", html)


def test_no_file_names_another_origin(built: Path) -> None:
    for path in built.iterdir():
        addresses = re.findall(r"(?:https?:)//[\w.-]+[\w/.-]*", path.read_text())
        assert set(addresses) <= SAID_NOT_LOADED, path.name


def test_building_again_gives_the_same_and_removes_what_is_stale(
    built: Path, tmp_path: Path
) -> None:
    (tmp_path / "app.000000000000.js").write_text("old")
    build(tmp_path)
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in (built, tmp_path)
    )
    assert first == second
