"""Files: objects in the application's bucket, which clients read by links that end soon.

A link is signed here, without a call to S3, so it may be made inside a transaction. Whoever has it
can read that one object until then, so it is never logged and no answer with one is kept.
"""

from datetime import UTC, datetime, timedelta

from shared import aws
from shared.settings import setting

LINK_SECONDS = 300


def link(key: str, seconds: int = LINK_SECONDS) -> tuple[str, datetime]:
    """A URL by which the object can be fetched, and when it ends."""
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
    what = {"Bucket": setting("FILES_BUCKET"), "Key": key}
    url = aws.client("s3").generate_presigned_url("get_object", Params=what, ExpiresIn=seconds)
    return str(url), ends
