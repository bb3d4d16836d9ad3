"""Sections, lessons, their order and progress: what a client sees."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.campus import Answer, Campus, User, pages
from tests.functions.courses.classes import classroom, course, lesson, section

some = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def structure(campus: Campus, user: User, of: str) -> Any:
    return campus.call("GET", f"/v2/courses/{of}/structure", user).data


def order(campus: Campus, user: User, of: str, sections: list[Any], **more: Any) -> Answer:
    body = {"sections": [{"id": s, "lessons": found} for s, found in sections], **more}
    return campus.call("PUT", f"/v2/courses/{of}/structure", user, body)


def placed(found: Any) -> list[Any]:
    sections = [(s["id"], [one["id"] for one in s["lessons"]]) for s in found["sections"]]
    return [*sections, [one["id"] for one in found["lessons"]]]


def test_a_lesson_can_be_read_again(campus: Campus, user: User):
    of = course(campus, user)
    within = section(campus, user, of)
    made = lesson(campus, user, of, sectionId=within, content="# Sets", lessonType="quiz")
    found = campus.call("GET", f"/v2/courses/{of}/lessons/{made}", user).data
    assert (found["content"], found["lessonType"], found["sectionId"]) == ("# Sets", "quiz", within)
    assert (found["position"], found["percentDone"], found["completedAt"]) == (1, 0, None)
    [listed] = campus.call("GET", f"/v2/courses/{of}/lessons", user).data
    assert listed == {name: value for name, value in found.items() if name != "content"}
    assert campus.types(user) == ["course.created", "section.created", "lesson.created"]


def test_lessons_are_sorted_filtered_searched_and_paged(campus: Campus, user: User):
    of = course(campus, user)
    within = section(campus, user, of)
    for number in range(5):
        where = {"sectionId": within} if number % 2 else {}
        lesson(campus, user, of, title=f"Part{number}", **where)

    def titles(query: str) -> list[str]:
        found = campus.call("GET", f"/v2/courses/{of}/lessons?{query}", user)
        assert found.status == 200, found.text
        return [one["title"] for one in found.data]

    assert titles("sort=title") == [f"Part{n}" for n in range(5)]
    assert titles(f"sectionId={within}") == ["Part1", "Part3"]
    assert titles("lessonType=video") == []
    assert titles("q=part4") == ["Part4"]
    path = f"/v2/courses/{of}/lessons?sort=createdAt"
    paged = [one["title"] for page in pages(campus, path, user, 2) for one in page]
    assert paged == [f"Part{n}" for n in range(5)]


def test_a_patch_moves_a_lesson_to_the_end_of_another_section(campus: Campus, user: User):
    of = course(campus, user)
    first, second = section(campus, user, of), section(campus, user, of)
    moved, there = (
        lesson(campus, user, of, sectionId=first),
        lesson(campus, user, of, sectionId=second),
    )
    path = f"/v2/courses/{of}/lessons/{moved}"
    changed = campus.call("PATCH", path, user, {"sectionId": second}, {"If-Match": '"v2-1"'})
    assert (changed.status, changed.data["position"], changed.data["version"]) == (200, 2, 2)
    assert placed(structure(campus, user, of)) == [(first, []), (second, [there, moved]), []]
    assert campus.call("PATCH", path, user, {}, {"If-Match": '"v2-1"'}).status == 412
    out = campus.call("PATCH", path, user, {"sectionId": None, "title": "Alone"})
    assert (out.data["sectionId"], out.data["title"]) == (None, "Alone")
    elsewhere = section(campus, user, course(campus, user))
    assert campus.call("PATCH", path, user, {"sectionId": elsewhere}).status == 404


def test_a_batch_adds_all_lessons_in_order_or_none(campus: Campus, user: User):
    of = course(campus, user)
    within, key = section(campus, user, of), {"Idempotency-Key": "batch"}
    path = f"/v2/courses/{of}/lessons/batch"
    body = {"lessons": [{"title": f"Part {n}", "sectionId": within} for n in range(3)]}
    made = campus.call("POST", path, user, body, key)
    assert made.status == 201, made.text
    ids = [one["id"] for one in made.data["lessons"]]
    assert [one["position"] for one in made.data["lessons"]] == [1, 2, 3]
    assert placed(structure(campus, user, of)) == [(within, ids), []]
    elsewhere = {"lessons": [{"title": "A"}, {"title": "B", "sectionId": ids[0]}]}
    refused = campus.call("POST", path, user, elsewhere, {"Idempotency-Key": "2"})
    assert (refused.status, refused.error) == (404, "NOT_FOUND")
    wrong = {"lessons": [{"title": "A"}, {"title": ""}]}
    invalid = campus.call("POST", path, user, wrong, {"Idempotency-Key": "3"})
    [error] = invalid.json["error"]["details"]["errors"]
    assert (invalid.status, error["pointer"]) == (422, "/lessons/1/title")
    assert len(campus.call("GET", f"/v2/courses/{of}/lessons", user).data) == 3
    assert campus.types(user)[-3:] == ["lesson.created"] * 3


@some
@given(data=st.data())
def test_any_order_is_kept_as_it_was_put(campus: Campus, data: st.DataObject):
    user = campus.user()
    of = course(campus, user)
    sections = [section(campus, user, of) for _ in range(3)]
    lessons = [lesson(campus, user, of) for _ in range(4)]
    for _ in range(2):
        shuffled = data.draw(st.permutations(sections))
        places = [data.draw(st.integers(0, 3)) for _ in lessons]
        moved = list(zip(data.draw(st.permutations(lessons)), places, strict=True))
        wanted = [(s, [one for one, place in moved if place == n]) for n, s in enumerate(shuffled)]
        loose = [one for one, place in moved if place == 3]
        answer = order(campus, user, of, wanted, lessons=loose)
        assert answer.status == 200, answer.text
        assert placed(answer.data) == [*wanted, loose]
        assert structure(campus, user, of) == answer.data
    assert campus.types(user)[-1] == "course.updated"


def test_an_order_of_another_state_is_refused(campus: Campus, user: User):
    of = course(campus, user)
    first = section(campus, user, of)
    one = lesson(campus, user, of)
    seen = campus.call("GET", f"/v2/courses/{of}/structure", user)
    added = lesson(campus, user, of)
    refused = order(campus, user, of, [(first, [one])])
    assert (refused.status, refused.error) == (409, "CONFLICT")
    assert refused.json["error"]["details"] == {"missing": [added], "unknown": []}
    body = {"sections": [{"id": first, "lessons": [one, added]}], "lessons": []}
    path = f"/v2/courses/{of}/structure"
    stale = campus.call("PUT", path, user, body, {"If-Match": seen.headers["ETag"]})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")
    now = campus.call("GET", path, user).headers["ETag"]
    assert campus.call("PUT", path, user, body, {"If-Match": now}).status == 200
    twice = {"sections": [{"id": first, "lessons": [one, one]}], "lessons": [added]}
    assert campus.call("PUT", path, user, twice).status == 422
    unchanged = {"If-None-Match": campus.call("GET", path, user).headers["ETag"]}
    assert campus.call("GET", path, user, headers=unchanged).status == 304


def test_a_deleted_lesson_comes_back_to_where_it_was(campus: Campus, user: User):
    of, key = course(campus, user), {"Idempotency-Key": "once"}
    within = section(campus, user, of)
    lessons = [lesson(campus, user, of, sectionId=within) for _ in range(3)]
    before = placed(structure(campus, user, of))
    path = f"/v2/courses/{of}/lessons/{lessons[1]}"
    assert campus.call("DELETE", path, user).status == 204
    assert placed(structure(campus, user, of)) == [(within, [lessons[0], lessons[2]]), []]
    assert campus.call("DELETE", f"/v2/courses/{of}/sections/{within}", user).status == 204
    held = campus.call("POST", f"{path}/restore", user, headers=key)
    assert (held.status, held.error) == (409, "CONFLICT")
    back = f"/v2/courses/{of}/sections/{within}/restore"
    assert campus.call("POST", back, user, headers=key).status == 200
    again = {"Idempotency-Key": "again"}
    assert campus.call("POST", f"{path}/restore", user, headers=again).status == 200
    assert placed(structure(campus, user, of)) == before


def test_progress_is_the_learners_own_and_told_once(campus: Campus, user: User):
    of, student, _ = classroom(campus, user)
    made = lesson(campus, user, of)
    path = f"/v2/lessons/{made}/progress"
    half = campus.call("PUT", path, student, {"percentDone": 50, "secondsSpent": 60})
    assert (half.status, half.data["completedAt"]) == (200, None)
    for _ in range(2):
        full = campus.call("PUT", path, student, {"percentDone": 100})
        assert (full.data["secondsSpent"], full.data["percentDone"]) == (60, 100)
    assert full.data["completedAt"]
    assert campus.types(student).count("lesson.completed") == 1
    seen = campus.call("GET", f"/v2/courses/{of}/lessons/{made}", student).data
    assert (seen["percentDone"], seen["completedAt"]) == (100, full.data["completedAt"])
    assert campus.call("GET", f"/v2/courses/{of}/lessons/{made}", user).data["percentDone"] == 0
    back = campus.call("PUT", path, student, {"percentDone": 10}).data
    assert back["completedAt"] is None
    stale = campus.call("PUT", path, student, {"percentDone": 11}, {"If-Match": '"v2-1"'})
    assert stale.status == 412


def test_students_read_and_instructors_write(campus: Campus, user: User):
    of, student, instructor = classroom(campus, user)
    within, stranger = section(campus, user, of), campus.user()
    made = lesson(campus, instructor, of, sectionId=within)
    at = f"/v2/courses/{of}"
    reads = (f"{at}/lessons", f"{at}/lessons/{made}", f"{at}/sections", f"{at}/structure")
    writes: list[tuple[str, str, Any]] = [
        ("POST", f"{at}/lessons", {"title": "New"}),
        ("PATCH", f"{at}/lessons/{made}", {"title": "New"}),
        ("POST", f"{at}/sections", {"title": "New"}),
        ("PATCH", f"{at}/sections/{within}", {"title": "New"}),
        ("PUT", f"{at}/structure", {"sections": [{"id": within, "lessons": [made]}]}),
        ("DELETE", f"{at}/lessons/{made}", None),
    ]
    for path in reads:
        assert campus.call("GET", path, student).status == 200
        assert campus.call("GET", path, stranger).status == 404
    for method, path, body in writes:
        refused = campus.call(method, path, student, body)
        assert (refused.status, refused.error) == (403, "FORBIDDEN"), path
        assert campus.call(method, path, stranger, body).status == 404
    assert (
        campus.call("PUT", f"/v2/lessons/{made}/progress", stranger, {"percentDone": 1}).status
        == 404
    )
    assert placed(structure(campus, user, of)) == [(within, [made]), []]
    path = f"{at}/lessons/{made}"
    assert campus.call("DELETE", path, instructor).status == 204
    key = {"Idempotency-Key": "back"}
    assert campus.call("POST", f"{path}/restore", instructor, headers=key).status == 200


def test_a_course_takes_its_lessons_and_their_progress_along(campus: Campus, user: User):
    of, student, _ = classroom(campus, user)
    made = lesson(campus, user, of, sectionId=section(campus, user, of))
    campus.call("PUT", f"/v2/lessons/{made}/progress", student, {"percentDone": 100})
    path = f"/v2/courses/{of}"
    counts = campus.call("DELETE", f"{path}?dryRun=true", user).data["counts"]
    assert (counts["sections"], counts["lessons"], counts["progressRecords"]) == (1, 1, 1)
    before = structure(campus, user, of)
    assert campus.call("DELETE", path, user).status == 204
    assert campus.call("GET", f"{path}/lessons/{made}", user).status == 404
    key = {"Idempotency-Key": "once"}
    held = campus.call("POST", f"{path}/lessons/{made}/restore", user, headers=key)
    assert held.status in (404, 409)
    back = campus.call("POST", f"{path}/restore", user, headers={"Idempotency-Key": "back"})
    assert back.status == 200, back.text
    assert structure(campus, user, of) == before
    rows = campus.rows(
        "select percent_done, deleted_at from progress_record where lesson_id = %s", made
    )
    assert rows == [(100, None)]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"lessonType": "film"}, "/lessonType"),
        ({"content": "x" * 50_001}, "/content"),
        ({"durationMinutes": -1}, "/durationMinutes"),
        ({"position": 3}, "/position"),
    ],
)
def test_bad_fields_are_named_and_change_nothing(
    campus: Campus, user: User, fields: dict[str, Any], pointer: str
):
    of = course(campus, user)
    answer = campus.call("POST", f"/v2/courses/{of}/lessons", user, {"title": "A", **fields})
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert [e["pointer"] for e in answer.json["error"]["details"]["errors"]] == [pointer]
    assert campus.call("GET", f"/v2/courses/{of}/lessons", user).data == []


def test_under_a_locked_course_nothing_can_be_written(campus: Campus, premium: User):
    courses = [course(campus, premium) for _ in range(3)]
    within = section(campus, premium, courses[0])
    campus.admin.execute(
        "update app_user set subscription_tier = 'free' where id = %s", (premium.id,)
    )
    path = f"/v2/courses/{courses[0]}"
    for method, at, body in (
        ("POST", f"{path}/lessons", {"title": "New"}),
        ("POST", f"{path}/sections", {"title": "New"}),
        ("PATCH", f"{path}/sections/{within}", {"title": "New"}),
        ("PUT", f"{path}/structure", {"sections": [{"id": within}]}),
    ):
        refused = campus.call(method, at, premium, body)
        assert (refused.status, refused.error) == (403, "COURSE_LIMIT_EXCEEDED"), at
    assert (
        campus.call("POST", f"/v2/courses/{courses[2]}/lessons", premium, {"title": "x"}).status
        == 201
    )


def test_the_trash_of_a_course_is_for_who_teaches_it(campus: Campus, user: User):
    of, student, instructor = classroom(campus, user)
    within = section(campus, user, of)
    made = lesson(campus, user, of, sectionId=within, title="Gone")
    alone = lesson(campus, user, of, title="Gone alone")
    for path in (f"lessons/{alone}", f"sections/{within}"):
        assert campus.call("DELETE", f"/v2/courses/{of}/{path}", user).status == 204
    path = f"/v2/courses/{of}/trash"
    trash = campus.call("GET", path, instructor).data
    assert campus.lines[-1]["db_round_trips"] <= 3
    assert {one["id"] for one in trash[:2]} == {within, made}
    assert (trash[2]["id"], trash[2]["title"], trash[2]["kind"]) == (alone, "Gone alone", "lesson")
    assert trash[0]["deletionId"] == trash[1]["deletionId"] != trash[2]["deletionId"]
    only = campus.call("GET", f"{path}?kind=section", user).data
    assert [one["id"] for one in only] == [within]
    refused = campus.call("GET", path, student)
    assert (refused.status, refused.error) == (403, "FORBIDDEN")
    assert campus.call("GET", path, campus.user()).status == 404
    assert campus.call("DELETE", f"/v2/courses/{of}", user).status == 204
    assert campus.call("GET", path, user).status == 404
