"""Documents: OpenAPI, the docs page, migration guides. All are build output, read once."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from functions.health.models import DocumentQuery
from functions.health.pages import html_page
from functions.health.releases import GUIDES, known_version
from shared.errors import Refusal
from shared.request import Reply, Request
from shared.routing import Routes
from shared.versions import LATEST, versions

routes = Routes("", tag="docs", versionless=True, access="public", database=None, limit="none")
FOLDER = Path(__file__).parent
PUBLIC = "public, max-age=300"


@routes.get("/openapi.json", errors=("UNSUPPORTED_VERSION",))
def get_openapi_document(request: Request, query: DocumentQuery) -> Reply:  # pyright: ignore[reportMissingTypeArgument]
    """The OpenAPI 3.1 document of a version."""
    if query.version not in versions():
        supported = [known.name for known in versions().values() if not known.is_sunset]
        details = {"supportedVersions": supported, "latestVersion": LATEST.name}
        raise Refusal("UNSUPPORTED_VERSION", details=details)
    content, tag = _read(FOLDER / "openapi" / f"{query.version}.json")
    headers = {"Cache-Control": PUBLIC, "ETag": tag}
    return _unless_known(request, tag, headers) or Reply(content=content, headers=headers)


@routes.get("/versions/{version}/migration-guide")
def get_migration_guide(request: Request, version: str) -> Reply:  # pyright: ignore[reportMissingTypeArgument]
    """How to move from a version to the next: HTML, or Markdown with `Accept: text/markdown`."""
    if known_version(version).name == LATEST.name:
        raise Refusal("NOT_FOUND", f"{version} is the newest version: there is no way on from it.")
    markdown = _prefers_markdown(request.call.headers.get("accept", ""))
    content, tag = _read(GUIDES / f"{version}.{'md' if markdown else 'html'}")
    headers = {"Cache-Control": PUBLIC, "ETag": tag}
    if known := _unless_known(request, tag, headers):
        return known
    if markdown:
        kind = "text/markdown; charset=utf-8"
        return Reply(content=content, content_type=kind, headers=headers)
    return html_page(content.decode(), headers)


@routes.get("/docs", errors=("SERVICE_UNAVAILABLE",))
def get_docs_page(request: Request) -> Reply:  # pyright: ignore[reportMissingTypeArgument]
    """The documentation as a page that makes calls."""
    return _page_file(request, _page()["index"])


@routes.get("/docs/{asset}", errors=("SERVICE_UNAVAILABLE",))
def get_docs_asset(request: Request, asset: str) -> Reply:  # pyright: ignore[reportMissingTypeArgument]
    """A script, style or picture of the documentation page."""
    known = {file["name"]: file for file in _page()["assets"]}
    if asset not in known:
        raise Refusal("NOT_FOUND")
    return _page_file(request, known[asset])


def _page_file(request: Request, file: dict[str, str]) -> Reply:  # pyright: ignore[reportMissingTypeArgument]
    headers = {
        "Cache-Control": file["cacheControl"],
        "Content-Security-Policy": _page()["contentSecurityPolicy"],
        "ETag": file["etag"],
    }
    content, _ = _read(FOLDER / "page" / file["name"])
    return _unless_known(request, file["etag"], headers) or Reply(
        content=content, content_type=file["contentType"], headers=headers
    )


@cache
def _page() -> dict[str, Any]:
    """What the page consists of. Errors: SERVICE_UNAVAILABLE when it was not built."""
    try:
        return json.loads((FOLDER / "page" / "page.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = "The docs page was not built: run python -m infra.docs_page."
        raise Refusal("SERVICE_UNAVAILABLE", message, headers={"Retry-After": "60"}) from None


@cache
def _read(path: Path) -> tuple[bytes, str]:
    """A file of this function's artifact, and its strong ETag."""
    content = path.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:16]}"'


def _unless_known(request: Request, tag: str, headers: dict[str, str]) -> Reply | None:  # pyright: ignore[reportMissingTypeArgument]
    """304 when If-None-Match names the tag (weak comparison, RFC 9110, 8.8.3.2)."""
    given = request.call.headers.get("if-none-match", "")
    known = {part.strip().removeprefix("W/") for part in given.split(",")}
    return Reply(status=304, content=b"", headers=headers) if {tag, "*"} & known else None


def _prefers_markdown(accept: str) -> bool:
    """Whether Markdown is wanted more than HTML, which is what a browser or nobody asks for."""
    weights: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weights[kind] = float(quality)
        except ValueError:
            weights[kind] = 0.0
    usual = weights.get("text/html", weights.get("text/*", weights.get("*/*", 0.0)))
    wanted = max(weights.get("text/markdown", 0.0), weights.get("text/plain", 0.0))
    return wanted > usual or (wanted == usual > 0 and "text/html" not in weights)
