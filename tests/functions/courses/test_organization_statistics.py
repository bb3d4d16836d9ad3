"""Figures of organizations agree with what is recomputed, whatever is written meanwhile."""

import threading

from tests.campus import Campus
from tests.functions.courses.organizations import found, staffed
from tests.functions.courses.test_enrollments import enroll
from tests.functions.courses.test_shared_courses import course

RECOMPUTED = """
    select (select count(*) from course c where c.organization_id = o.id and c.deleted_at is null),
           (select count(*) from lesson l join course c on c.id = l.course_id
             where c.organization_id = o.id and c.deleted_at is null and l.deleted_at is null),
           (select count(*) from enrollment e join course c on c.id = e.course_id
             where c.organization_id = o.id and c.deleted_at is null and e.deleted_at is null)
      from organization o where o.id = %s"""


def figures(campus: Campus, user, organization: dict) -> dict:
    answer = campus.call("GET", f"/v2/organizations/{organization['id']}/stats", user)
    assert answer.status == 200, answer.text
    return answer.data


def test_figures_are_those_of_the_last_refresh(campus: Campus):
    organization, people, _ = staffed(campus)
    made = course(campus, people["instructor"], organizationId=organization["id"])
    course(campus, people["owner"], organizationId=organization["id"], status="draft")
    lesson = {"title": "Limits", "durationMinutes": 45}
    path = f"/v2/courses/{made['id']}"
    assert campus.call("POST", f"{path}/lessons", people["instructor"], lesson).status == 201
    one = enroll(campus, people["student"], made).data
    completed = {"status": "completed"}
    campus.call("PATCH", f"{path}/enrollments/{one['id']}", people["instructor"], completed)
    assert figures(campus, people["student"], organization)["courses"] == 0
    campus.run("cleanup", "refresh_course_stats")
    seen = figures(campus, people["student"], organization)
    assert seen.pop("refreshedAt")
    assert seen == {
        "courses": 2, "sections": 0, "lessons": 1, "lessonMinutes": 45, "students": 1,
        "completions": 1, "enrichments": 0, "quizAttempts": 0,
    }  # fmt: skip
    path = f"/v2/organizations/{organization['id']}/stats"
    assert campus.call("GET", path, people["stranger"]).status == 404


def test_a_refresh_agrees_with_recomputing_whatever_was_written_meanwhile(campus: Campus):
    owner = campus.user(tier="premium")
    organizations = [found(campus, owner) for _ in range(2)]

    def write() -> None:
        for number in range(6):
            made = course(campus, owner, organizationId=organizations[number % 2]["id"])
            if number % 3 == 0:
                campus.call("DELETE", f"/v2/courses/{made['id']}", owner)

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(3):
        campus.run("cleanup", "refresh_course_stats")
    writer.join()
    campus.run("cleanup", "refresh_course_stats")
    for organization in organizations:
        seen = figures(campus, owner, organization)
        [recomputed] = campus.rows(RECOMPUTED, organization["id"])
        shown = tuple(seen[name] for name in ("courses", "lessons", "students"))
        assert shown == recomputed
