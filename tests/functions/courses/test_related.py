"""What courses, lessons and flashcards show beside themselves, and to whom."""

from tests.campus import Campus, User
from tests.functions.courses.cards import card, deck
from tests.functions.courses.classes import classroom, lesson, section
from tests.functions.courses.test_enrichments import QUIZ, SUMMARY, enrich, step


def test_a_course_shows_its_content_in_order_to_everybody_who_reads_it(campus: Campus, user: User):
    of, student, instructor = classroom(campus, user)
    first = section(campus, user, of, title="First")
    second = section(campus, user, of, title="Second")
    loose = lesson(campus, user, of, title="Loose")
    later = lesson(campus, user, of, title="Later", sectionId=second)
    begin = lesson(campus, user, of, title="Begin", sectionId=first)
    gone = lesson(campus, user, of, title="Gone", sectionId=first)
    campus.call("DELETE", f"/v2/courses/{of}/lessons/{gone}", user)
    for reader in (user, student, instructor):
        path = f"/v2/courses/{of}?include=sections,lessons,assignments"
        data = campus.call("GET", path, reader).data
        assert [item["id"] for item in data["sections"]] == [first, second]
        assert [item["id"] for item in data["lessons"]] == [begin, later, loose]
        assert data["assignments"] == []
    assert campus.lines[-1]["db_round_trips"] == 2
    listed = campus.call("GET", "/v2/courses?enrolled=true&include=sections", student).data
    assert [item["title"] for item in listed[0]["sections"]] == ["First", "Second"]


def test_the_items_of_a_course_are_the_callers_own(campus: Campus, user: User):
    of, student, _ = classroom(campus, user)
    body = {"title": "Essay", "dueAt": "2030-01-10T10:00:00Z", "courseId": of}
    campus.call("POST", "/v2/tasks/assignments", user, body)
    path = f"/v2/courses/{of}?include=assignments,lectures"
    assert len(campus.call("GET", path, user).data["assignments"]) == 1
    assert campus.call("GET", path, student).data["assignments"] == []


def test_a_lesson_shows_to_learners_what_is_completed(campus: Campus, user: User):
    of, student, instructor = classroom(campus, user)
    part = section(campus, user, of)
    lessons = [lesson(campus, user, of, sectionId=part), lesson(campus, user, of)]
    done = enrich(campus, user, lessons[0], QUIZ)
    assert step(campus, user, done, "approve").status == 200
    draft = enrich(campus, user, lessons[0], SUMMARY)
    for reader, seen in (
        (user, {done["id"], draft["id"]}),
        (instructor, {done["id"], draft["id"]}),
        (student, {done["id"]}),
    ):
        path = f"/v2/courses/{of}/lessons"
        one = campus.call("GET", f"{path}/{lessons[0]}?include=section,enrichments", reader).data
        assert {item["id"] for item in one["enrichments"]} == seen
        assert one["section"]["id"] == part
        both = campus.call("GET", f"{path}?include=section,enrichments", reader).data
        assert {item["id"]: item["section"] for item in both}[lessons[1]] is None
        assert {item["id"] for found in both for item in found["enrichments"]} == seen


def test_a_flashcard_shows_its_deck(campus: Campus, user: User):
    of = deck(campus, user)
    made = card(campus, user, of)
    listed = campus.call("GET", "/v2/flashcards?include=deck", user).data
    one = campus.call("GET", f"/v2/flashcards/{made}?include=deck&fields=front", user).data
    assert listed[0]["deck"]["id"] == of
    assert set(one) == {"id", "front", "deck"}
