"""What the console remembers of requests."""

from datetime import UTC, datetime, timedelta

from infra.local.gateway import Call, Reply
from infra.local.requests_seen import RequestsSeen

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_trace_has_all_its_requests_by_when_they_came() -> None:
    """Not by when they were answered: a slow one came before what it caused."""
    seen = RequestsSeen()
    for path, trace, second in (("/c", "one", 3), ("/b", "other", 2), ("/a", "one", 1)):
        call = Call("GET", path, [], b"", "127.0.0.1")
        reply = Reply(200, [("x-correlation-id", trace)])
        seen.add(call, reply, "tasks", NOON + timedelta(seconds=second), 1)
    assert [each["path"] for each in seen.of_trace("one")] == ["/a", "/c"]
    assert seen.of_trace("none") == []
