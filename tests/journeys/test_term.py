"""A term over real HTTP, without a browser: courses are made, planned, studied for, reviewed,
shared, deleted and taken back, by a client of version 2 and by the predecessor's, who see the same.
"""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from infra.local.emulator import client
from infra.local.options import Options
from tests.journeys.deployment import Reply, wait_for
from tests.journeys.people import Person
from tests.journeys.stack import Stack

DAY = timedelta(days=1)
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
SOON = NOW + 2 * DAY


def wire(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def old(person: Person, name: str, status: int, body: Any = None, method: str = "POST") -> Any:
    """What the predecessor's client gets at a function's path."""
    path, key = f"/functions/v1/{name}", uuid4().hex
    answer = person.send(method, path, status, body, Idempotency_Key=key)
    assert answer.headers["X-API-Version"] == "v1"
    if status == 204:
        return None
    assert answer.json["success"] is (status < 400), answer.text
    return answer.json.get("data")


def keyed(person: Person, method: str, path: str, status: int, body: Any = None) -> Reply:
    return person.send(method, path, status, body, Idempotency_Key=uuid4().hex)


def test_a_term(stack: Stack):
    ada = Person(stack, "ada")
    ada.join()
    logic, maths = two_courses(ada)
    items = planned(ada, logic, maths)
    studied(ada, items["session"])
    recalled(ada, items, logic)
    looked_at(ada, logic, items)
    taken_back(ada, maths)
    shared(stack, ada, logic)
    listened_to(stack, ada, logic)
    imported(ada, logic)
    subscribed(stack, ada)


def two_courses(ada: Person) -> tuple[str, str]:
    """One with a weekly first lecture in version 2, one by the predecessor's function; a third is
    over the plan's limit in both."""
    lecture = {
        "startLocal": wire(SOON)[:-1], "timezone": "UTC", "durationMinutes": 90,
        "recurrence": "weekly", "location": "Hall 1",
    }  # fmt: skip
    body = {"title": "Logic", "code": "LO 1", "firstLecture": lecture}
    logic = ada.send("POST", "/v2/courses", 201, body).data
    assert logic["counts"]["lectures"] == 1
    times = {"start": wire(SOON + DAY), "end": wire(SOON + DAY + timedelta(hours=1))}
    given = {
        "course_name": "Mathematics", "about_course": None, "reminders": [60],
        "lecture": {**times, "recurrence": "none", "venue": "Hall 2"},
    }  # fmt: skip
    maths = old(ada, "create-course", 201, given)
    assert (maths["course_name"], maths["lectures_count"]) == ("Mathematics", 1)
    assert ada.send("POST", "/v2/courses", 403, {"title": "Third"}).json["error"]["details"] == {
        "limit": 2, "used": 2,
    }  # fmt: skip
    old(ada, "create-course", 403, {**given, "course_name": "Third"})
    newer = {c["id"]: c["title"] for c in ada.get("/v2/courses").data}
    older = {c["id"]: c["course_name"] for c in old(ada, "courses", 200, method="GET")}
    assert newer == older == {logic["id"]: "Logic", maths["id"]: "Mathematics"}
    return logic["id"], maths["id"]


def planned(ada: Person, logic: str, maths: str) -> dict[str, str]:
    """An assignment and a study session in each version."""
    sheet = {"title": "Sheet", "courseId": logic, "dueAt": wire(SOON)}
    essay = {"course_id": maths, "title": "Essay", "due_date": wire(SOON), "reminders": [30]}
    read = {"topic": "Sets", "courseId": logic, "startsAt": wire(NOW), "spacedRepetition": True}
    again = {
        "course_id": maths, "topic": "Limits", "session_date": wire(SOON),
        "has_spaced_repetition": True, "reminders": [],
    }  # fmt: skip
    made = {
        "sheet": ada.send("POST", "/v2/tasks/assignments", 201, sheet).data["id"],
        "essay": old(ada, "create-assignment", 201, essay)["id"],
        "session": ada.send("POST", "/v2/tasks/study-sessions", 201, read).data["id"],
        "limits": old(ada, "create-study-session", 201, again)["id"],
    }
    count = {"assignments": 2, "lectures": 2, "studySessions": 2, "total": 6}
    assert ada.get("/v2/tasks/count").data == count
    assert ada.get("/v1/tasks/count").data["study_sessions"] == 2
    assert ada.get("/v2/tasks/home").data["month"]["used"] == 6
    return made


def studied(ada: Person, session: str) -> None:
    """A study session with a pause, and an assignment done: the streak and the figures know."""
    path = f"/v2/tasks/study-sessions/{session}"
    for verb, status in (("start", "running"), ("pause", "paused"), ("resume", "running")):
        assert ada.send("POST", f"{path}/{verb}", 200).data["status"] == status
    ended = ada.send("POST", f"{path}/finish", 200, {"confidence": 4, "difficulty": 2}).data
    assert (ended["status"], ended["pauses"], ended["confidence"]) == ("finished", 1, 4)
    wait_for(lambda: ada.get("/v2/tasks/stats/streak").data["currentDays"] == 1, 60)
    assert old(ada, "get-streak-info", 200)["current_streak"] == 1


def recalled(ada: Person, items: dict[str, str], logic: str) -> None:
    """Topics by SM-2, one in each version; a flashcard by FSRS, and the answer taken back."""
    path = f"/v2/tasks/study-sessions/{items['session']}/reviews"
    first = ada.send("POST", path, 201, {"quality": 4}).data
    assert (first["intervalDays"], first["repetitions"], first["easeFactor"]) == (1, 1, 2.5)
    assert ada.send("POST", path, 429, {"quality": 4}).headers["Retry-After"]
    old(ada, "record-srs-performance", 201, {"session_id": items["limits"], "quality": 2})
    figures = ada.get("/v2/tasks/reviews/statistics").data
    assert (figures["reviews"], figures["averageQuality"]) == (2, 3)
    assert old(ada, "srs-system/statistics", 200, method="GET")["total_reviews"] == 2

    deck = ada.send("POST", "/v2/flashcard-decks", 201, {"title": "Sets", "courseId": logic}).data
    card = {"deckId": deck["id"], "front": "Empty set?", "back": "One without members"}
    made = ada.send("POST", "/v2/flashcards", 201, card).data["id"]
    [due] = ada.get("/v2/flashcards/due").data
    assert due["id"] == made
    answer = ada.send("POST", f"/v2/flashcards/{made}/reviews", 201, {"rating": "easy"}).data
    assert ada.get("/v2/flashcards/due").data == []
    review = answer["id"]
    ada.send("DELETE", f"/v2/flashcards/{made}/reviews/{review}", 204)
    [due_again] = ada.get("/v2/flashcards/due").data
    assert due_again["state"] == "new"


def looked_at(ada: Person, logic: str, items: dict[str, str]) -> None:
    """Planner, calendar, home and figures, in both versions where the predecessor had them."""
    span = f"from={wire(NOW - DAY)}&to={wire(NOW + 90 * DAY)}"
    entries = ada.get(f"/v2/tasks/planner?{span}").data["entries"]
    lectures = [entry for entry in entries if entry["courseId"] == logic]
    assert [entry["kind"] for entry in lectures].count("lecture") == 13
    assert set(items.values()) <= {entry["id"] for entry in entries}
    week = f"{SOON:%Y-%m-%d}"
    days = ada.get(f"/v2/tasks/calendar?weekStart={week}").data["days"]
    shown = {entry["id"] for day in days for entry in day["assignments"]}
    assert shown == {items["sheet"], items["essay"]}
    assert old(ada, "get-calendar-data-for-week", 200, {"date": week})
    following = ada.get("/v2/tasks/home").data["nextTask"]
    assert datetime.fromisoformat(following["occursAt"]) <= SOON
    assert old(ada, "get-home-screen-data", 200)
    figures = ada.get("/v2/tasks/stats/performance")
    assert figures.data
    assert ada.get(f"/v2/courses/{logic}").data["counts"] == {
        "assignments": 1, "lectures": 1, "studySessions": 1,
    }  # fmt: skip


def taken_back(ada: Person, maths: str) -> None:
    """A course goes to the trash with its items and comes back with exactly them."""

    def there() -> list[tuple[str, str]]:
        span = f"from={wire(NOW - DAY)}&to={wire(NOW + 90 * DAY)}"
        entries = ada.get(f"/v2/tasks/planner?{span}").data["entries"]
        return [(entry["id"], entry["startsAt"]) for entry in entries]

    before = there()
    taken = ada.send("DELETE", f"/v2/courses/{maths}?dryRun=true", 200).data["counts"]
    assert (taken["assignments"], taken["lectures"], taken["studySessions"]) == (1, 1, 1)
    old(ada, "delete-course", 204, {"course_id": maths})
    wait_for(lambda: len(ada.get("/v2/tasks/trash").data) == 3, 60)
    assert len(there()) == len(before) - 3
    essay = {"course_id": maths, "title": "Late", "due_date": wire(SOON)}
    old(ada, "create-assignment", 404, essay)
    old(ada, "restore-course", 200, {"course_id": maths})
    wait_for(lambda: ada.get("/v2/tasks/trash").data == [], 60)
    assert there() == before


def shared(stack: Stack, ada: Person, logic: str) -> None:
    """A link with a password shows the course to anybody, once it is copied it is used up."""
    section = ada.send("POST", f"/v2/courses/{logic}/sections", 201, {"title": "Basics"}).data["id"]
    lesson = {"title": "Unions", "sectionId": section, "content": "A or B"}
    ada.send("POST", f"/v2/courses/{logic}/lessons", 201, lesson)
    limits = {"permission": "clone", "password": "Venn-1880", "maxViews": 2}
    link = ada.send("POST", f"/v2/courses/{logic}/share-links", 201, limits).data
    path = urlsplit(link["url"]).path
    assert stack.call("GET", path).status == 403
    secret = {"X_Share_Password": "Venn-1880"}
    assert stack.call("GET", path, **secret).data["title"] == "Logic"
    ben = Person(stack, "ben")
    ben.join()
    copy = ben.send("POST", f"/v2{path}/clone", 201, {"title": "My logic"}, **secret).data
    assert (copy["role"], copy["visibility"]) == ("owner", "private")
    [within] = ben.get(f"/v2/courses/{copy['id']}/structure").data["sections"]
    assert [one["title"] for one in within["lessons"]] == ["Unions"]
    ben.get(f"/v2/courses/{logic}", 404)
    assert stack.call("GET", path, **secret).status == 410


def listened_to(stack: Stack, ada: Person, logic: str) -> None:
    """The file of an audio is fetched from the bucket by its link, and by no other."""
    lesson = ada.get(f"/v2/courses/{logic}/lessons").data[0]["id"]
    draft = {"type": "audio", "draft": {"text": "A or B"}}
    made = ada.send("POST", f"/v2/lessons/{lesson}/enrichments", 201, draft).data["id"]
    ada.send("POST", f"/v2/enrichments/{made}/approve", 200)
    ada.get(f"/v2/enrichments/{made}/playback-url", 409)
    key = f"enrichments/{made}/{uuid4().hex}.mp3"
    known = Options(stack.port, stack.data).description()
    store = client("s3", known["endpoint"])
    store.put_object(Bucket=known["values"]["FilesBucket"], Key=key, Body=b"ID3")
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute(  # as whoever generates it will
            "update enrichment set status = 'completed', content = draft, file_key = %s"
            " where id = %s",
            (key, made),
        )
    url = ada.get(f"/v2/enrichments/{made}/playback-url").data["url"]
    assert fetched(url) == (200, b"ID3")
    for forged in (url[:-1] + ("0" if url[-1] != "0" else "1"), url.partition("?")[0],
                   url.replace(made, str(uuid4()))):  # fmt: skip
        assert fetched(forged)[0] == 403, forged


def fetched(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def imported(ada: Person, logic: str) -> None:
    """A syllabus comes in as a calendar: tried first, then done, and known again afterwards."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Somewhere//Syllabus//EN",
        "BEGIN:VEVENT", f"UID:{uuid4()}", f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{SOON + 20 * DAY:%Y%m%d}", "SUMMARY:Paper", "END:VEVENT",
        "BEGIN:VEVENT", f"UID:{uuid4()}", f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{SOON + DAY:%Y%m%dT%H%M%SZ}", f"DTEND:{SOON + DAY:%Y%m%dT%H}4500Z",
        "RRULE:FREQ=WEEKLY;COUNT=3", "SUMMARY:Tutorial", "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip
    syllabus = {"text": "\r\n".join(lines), "courseId": logic}
    before = ada.get(f"/v2/courses/{logic}").data["counts"]
    tried = keyed(ada, "POST", "/v2/tasks/calendar/imports?dryRun=true", 200, syllabus).data
    assert (tried["created"], tried["skipped"]) == (2, 0)
    assert ada.get(f"/v2/courses/{logic}").data["counts"] == before
    done = keyed(ada, "POST", "/v2/tasks/calendar/imports", 200, syllabus).data
    assert (done["created"], done["allowance"]["used"]) == (2, 8)
    again = keyed(ada, "POST", "/v2/tasks/calendar/imports", 200, syllabus).data
    assert (again["created"], again["unchanged"]) == (0, 2)
    grown = {"assignments": 1, "lectures": 1, "studySessions": 0}
    after = ada.get(f"/v2/courses/{logic}").data["counts"]
    assert after == {name: number + grown[name] for name, number in before.items()}
    assert {a["title"] for a in old(ada, "assignments-system/list", 200, method="GET")} == {
        "Sheet", "Essay", "Paper",
    }  # fmt: skip


def subscribed(stack: Stack, ada: Person) -> None:
    """What is planned, as a calendar at a secret address."""
    feed = ada.send("POST", "/v2/tasks/calendar/feeds", 201, {"name": "Term"}).data
    path = urlsplit(feed["url"]).path
    calendar = stack.call("GET", path)
    assert calendar.headers["Content-Type"].startswith("text/calendar")
    shown = {f"SUMMARY:{name}" for name in ("Logic", "Sheet", "Essay", "Paper", "Tutorial")}
    assert shown <= set(calendar.text.split("\r\n"))
    assert "RRULE:FREQ=WEEKLY;COUNT=16" in calendar.text
    tag = calendar.headers["ETag"]
    assert stack.call("GET", path, If_None_Match=tag).status == 304
    rotated = ada.send("POST", f"/v2/tasks/calendar/feeds/{feed['id']}/rotate", 200).data
    assert stack.call("GET", path).status == 404
    assert stack.call("GET", urlsplit(rotated["url"]).path).status == 200
