"""Links to the files of enrichments: for whom, to what, and that they lead there."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import requests
from moto import mock_aws

from shared import aws
from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.courses.classes import classroom, lesson


@pytest.fixture
def bucket():
    """The application's bucket in moto."""
    with mock_aws():
        aws._clients.pop("s3", None)
        where = {"LocationConstraint": "eu-central-1"}
        aws.client("s3").create_bucket(Bucket="campus-files", CreateBucketConfiguration=where)
        yield aws.client("s3")
        del aws._clients["s3"]


def audio(campus: Campus, user: User, of: str) -> str:
    """An audio that is being generated from an approved draft."""
    body = {"type": "audio", "draft": {"text": "Read aloud"}}
    path = f"/v2/lessons/{lesson(campus, user, of)}/enrichments"
    made = campus.call("POST", path, user, body).data["id"]
    assert campus.call("POST", f"/v2/enrichments/{made}/approve", user).status == 200
    return made


def generate(campus: Campus, enrichment: str) -> str:
    """What whoever generates does at the end. Returns the key."""
    key = f"enrichments/{enrichment}/{uuid7()}.mp3"
    campus.admin.execute(
        "update enrichment set status = 'completed', content = draft, file_key = %s where id = %s",
        (key, enrichment),
    )
    return key


def ask(campus: Campus, user: User, enrichment: str) -> Any:
    return campus.call("GET", f"/v2/enrichments/{enrichment}/playback-url", user)


def test_who_reads_the_lesson_hears_its_audio(campus: Campus, user: User, bucket: Any):
    of, student, _ = classroom(campus, user)
    made = audio(campus, user, of)
    key = generate(campus, made)
    bucket.put_object(Bucket="campus-files", Key=key, Body=b"ID3...", ContentType="audio/mpeg")
    answer = ask(campus, student, made)
    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    file = requests.get(answer.data["url"], timeout=5)
    assert (file.content, file.headers["Content-Type"]) == (b"ID3...", "audio/mpeg")


def test_a_link_names_one_object_and_ends_in_five_minutes(campus: Campus, user: User, bucket: Any):
    of, *_ = classroom(campus, user)
    made = audio(campus, user, of)
    key, asked = generate(campus, made), datetime.now(UTC)
    answer = ask(campus, user, made)
    parts = urlsplit(answer.data["url"])
    assert parts.netloc == "campus-files.s3.eu-central-1.amazonaws.com"
    assert parts.path == f"/{key}"
    query = parse_qs(parts.query)
    assert (query["X-Amz-Expires"], query["X-Amz-Algorithm"]) == (["300"], ["AWS4-HMAC-SHA256"])
    ends = datetime.fromisoformat(answer.data["expiresAt"])
    assert abs(ends - asked - timedelta(minutes=5)) < timedelta(seconds=5)
    assert answer.data["url"] not in str(campus.lines[-1])


def test_what_has_no_file_yet_says_so(campus: Campus, user: User, bucket: Any):
    of, student, teacher = classroom(campus, user)
    made = audio(campus, user, of)
    for person in (user, teacher):
        waiting = ask(campus, person, made)
        assert (waiting.status, waiting.error) == (409, "CONFLICT")
        assert waiting.json["error"]["details"] == {"status": "generating"}
    assert ask(campus, student, made).status == 404
    generate(campus, made)
    assert ask(campus, student, made).status == 200
    assert campus.call("POST", f"/v2/enrichments/{made}/regenerate", user).status == 200
    assert ask(campus, user, made).status == 409
    assert ask(campus, student, made).status == 404


def test_nobody_else_gets_a_link(campus: Campus, user: User, bucket: Any):
    of, student, _ = classroom(campus, user)
    made = audio(campus, user, of)
    generate(campus, made)
    assert ask(campus, campus.user(), made).status == 404
    suspended = "update enrollment set status = 'suspended' where user_id = %s returning id"
    assert campus.rows(suspended, student.id)
    assert ask(campus, student, made).status == 404
    assert campus.call("DELETE", f"/v2/courses/{of}", user).status == 204
    assert ask(campus, user, made).status == 404


def test_no_row_leads_to_the_file_of_another(campus: Campus, user: User, bucket: Any):
    of, *_ = classroom(campus, user)
    one, other = audio(campus, user, of), audio(campus, user, of)
    for key in (generate(campus, other), "secrets/key", f"enrichments/{one}", "", f"/{one}/x"):
        with pytest.raises(psycopg.errors.CheckViolation):
            campus.admin.execute("update enrichment set file_key = %s where id = %s", (key, one))
