"""The files of enrichments that are media, by links that end soon."""

from datetime import datetime
from uuid import UUID

from functions.courses.operations import missing
from shared import files
from shared.errors import Refusal
from shared.models import Model, build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/enrichments", tag="courses")
sql = queries(__file__)


class PlaybackUrl(Model):
    """Where the file of an enrichment can be fetched, without other credentials, until
    `expiresAt`."""

    url: str
    expires_at: datetime


@routes.get("/{enrichment_id}/playback-url", errors=("CONFLICT",))
def get_playback_url(request: Request, enrichment_id: UUID) -> PlaybackUrl:
    """Get a link to the file of an audio, a video or another medium that you may read. It is good
    for five minutes: ask again for a new one. What has no file (yet) is refused."""
    row = request.db.row(sql.enrichment_file, id=enrichment_id)
    if row is None:
        raise missing(request)
    if row["file_key"] is None:
        raise Refusal("CONFLICT", "The enrichment has no file.", details={"status": row["status"]})
    url, ends = files.link(row["file_key"])
    return build(PlaybackUrl, {"url": url, "expires_at": ends})
