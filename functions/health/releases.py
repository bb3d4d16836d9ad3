"""What is deployed, and which versions of the API it serves."""

import json
import os
from functools import cache
from pathlib import Path

from functions.health.models import Release, VersionInfo, VersionList
from shared.answers import migration_guide
from shared.errors import Refusal
from shared.request import Request
from shared.routing import Routes
from shared.versions import LATEST, Version, versions

routes = Routes("", tag="versions", versionless=True, access="public", database=None, limit="none")
GUIDES = Path(__file__).parent / "guides"


@routes.get("/version")
def get_release(_: Request) -> Release:
    """What is deployed, and the versions it serves."""
    return Release(
        release=os.environ.get("CAMPUS_RELEASE")
        or os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        or "local",
        latest_version=LATEST.name,
        supported_versions=[known.name for known in versions().values() if not known.is_sunset],
    )


@routes.get("/versions")
def list_versions(_: Request) -> VersionList:
    """All versions of the API, oldest first, with what changed after each."""
    return VersionList(versions=[_info(known) for known in versions().values()])


@routes.get("/versions/{version}")
def get_version(_: Request, version: str) -> VersionInfo:
    """One version of the API."""
    return _info(known_version(version))


def known_version(name: str) -> Version:
    """The version of a name. Errors: NOT_FOUND."""
    known = versions()
    if name not in known:
        raise Refusal("NOT_FOUND", f"There is no version of this name, but {', '.join(known)}.")
    return known[name]


def _info(version: Version) -> VersionInfo:
    latest = version.name == LATEST.name
    return VersionInfo(
        version=version.name,
        is_supported=not version.is_sunset,
        is_deprecated=version.is_deprecated,
        is_latest=latest,
        sunset_date=version.sunset_on.isoformat() if version.sunset_on else None,
        migration_guide=None if latest else migration_guide(version),
        breaking_changes=list(_breaking_changes().get(version.name, [])),
    )


@cache
def _breaking_changes() -> dict[str, list[str]]:
    """Changelog entries by the version they lead away from, as the generator wrote them."""
    return json.loads((GUIDES / "changes.json").read_text(encoding="utf-8"))
