"""Figures of courses agree with what is there; grades."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import limits
from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.courses.classes import classroom, enroll, lesson, section

some = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
DRAFT = {"questions": [{"text": "1 + 1?", "options": ["2", "3"], "correct": [0]}] * 2}
STANDINGS = {"suspend": "suspended", "complete": "completed", "leave": ""}
number = st.integers(0, 5)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["section", "lesson", "quiz", "progress", "attempt", "enroll", "suspend", "complete",
             "leave", "delete", "restore", "purge", "course", "refresh"]
        ),
        number,
        number,
    ),
    min_size=4,
    max_size=14,
)  # fmt: skip


class Class:
    """A course to which anything may happen."""

    def __init__(self, campus: Campus) -> None:
        self.campus, self.user = campus, campus.user()
        self.id, student, self.teacher = classroom(campus, self.user)
        self.students = [student]
        self.lessons: list[str] = []
        self.quizzes: list[str] = []

    def call(self, method: str, path: str, user: User | None = None, body: Any = None) -> Any:
        key = {"Idempotency-Key": str(uuid7())}
        return self.campus.call(method, f"/v2{path}", user or self.user, body, key)

    def take(self, step: str, this: int, that: int) -> None:
        if step == "section":
            section(self.campus, self.user, self.id)
        elif step == "lesson":
            minutes = {"durationMinutes": this * 10}
            self.lessons.append(lesson(self.campus, self.user, self.id, **minutes))
        elif step == "enroll":
            self.students.append(enroll(self.campus, self.user, self.id))
        elif step == "refresh":
            self.campus.run("cleanup", "refresh_course_stats")
        elif step == "course":
            self.call("DELETE", f"/courses/{self.id}")
            if that % 2:
                self.campus.run("cleanup", "refresh_course_stats")
            self.call("POST", f"/courses/{self.id}/restore")
        elif step in STANDINGS:
            self._stand(step, self.students[this % len(self.students)])
        elif self.lessons:
            self._with_lesson(step, self.lessons[this % len(self.lessons)], that)

    def _with_lesson(self, step: str, of: str, that: int) -> None:
        student = self.students[that % len(self.students)]
        if step == "progress":
            self.call("PUT", f"/lessons/{of}/progress", student, {"percentDone": that * 20})
        elif step == "quiz":
            body = {"type": "quiz", "draft": DRAFT}
            made = self.call("POST", f"/lessons/{of}/enrichments", body=body)
            if made.status == 201:
                self.quizzes.append(made.data["id"])
                self.call("POST", f"/enrichments/{made.data['id']}/approve")
        elif step == "attempt" and self.quizzes:
            quiz = self.quizzes[that % len(self.quizzes)]
            body = {"answers": [[0], [that % 2]]}
            self.call("POST", f"/enrichments/{quiz}/attempts", student, body)
        elif step == "delete":
            self.call("DELETE", f"/courses/{self.id}/lessons/{of}")
        elif step == "restore":
            self.call("POST", f"/courses/{self.id}/lessons/{of}/restore")
        elif step == "purge":
            self.call("DELETE", f"/courses/{self.id}/lessons/{of}/permanent")

    def _stand(self, step: str, student: User) -> None:
        """Somebody is suspended, done, or gone."""
        path = f"/courses/{self.id}/enrollments"
        listed = self.call("GET", f"{path}?limit=100").data
        for one in listed:
            if one["userId"] == str(student.id) and step == "leave":
                self.call("DELETE", f"{path}/{one['id']}")
            elif one["userId"] == str(student.id):
                self.call("PATCH", f"{path}/{one['id']}", body={"status": STANDINGS[step]})

    def live(self, table: str) -> list[dict[str, Any]]:
        text = f"select to_jsonb(t) from {table} t where course_id = %s and deleted_at is null"
        return [row for (row,) in self.campus.rows(text, self.id)]

    def recomputed(self) -> dict[str, Any]:
        lessons, attempts = self.live("lesson"), self.live("quiz_attempt")
        parts = [
            e
            for e in self.live("enrollment")
            if e["role"] == "student" and e["status"] != "suspended"
        ]
        students = [e["user_id"] for e in parts]
        progress = [p for p in self.live("progress_record") if p["user_id"] in students]
        pairs = len(students) * len(lessons)
        asked = sum(a["questions"] for a in attempts)
        return {
            "courseId": self.id,
            "sections": len(self.live("section")),
            "lessons": len(lessons),
            "lessonMinutes": sum(one["duration_minutes"] for one in lessons),
            "students": len(students),
            "completions": sum(e["status"] == "completed" for e in parts),
            "lessonsCompleted": sum(p["completed_at"] is not None for p in progress),
            "averagePercent": sum(p["percent_done"] for p in progress) / pairs if pairs else 0,
            "enrichments": sum(e["status"] == "completed" for e in self.live("enrichment")),
            "quizAttempts": len(attempts),
            "averageScore": 100 * sum(a["points"] for a in attempts) / asked if asked else None,
        }


@some
@given(happens=steps)
def test_after_a_refresh_the_figures_are_what_is_there(
    campus: Campus, happens: list[tuple[str, int, int]]
):
    known = {name: dict.fromkeys(getattr(limits, name), 10**9) for name in ("BY_TIER", "BY_KIND")}
    of = Class(campus)
    before = {name: getattr(limits, name) for name in known}
    try:
        for name, value in known.items():
            setattr(limits, name, value)
        for step, this, that in happens:
            of.take(step, this, that)
    finally:
        for name, value in before.items():
            setattr(limits, name, value)
    campus.run("cleanup", "refresh_course_stats")
    figures = of.call("GET", f"/courses/{of.id}/stats").data
    wanted = of.recomputed()
    for name in ("averagePercent", "averageScore"):
        found, computed = figures.pop(name), wanted.pop(name)
        assert (found is None) == (computed is None), name
        assert abs((found or 0) - (computed or 0)) < 1e-6, name
    assert figures.pop("refreshedAt")
    assert figures == wanted


def test_what_is_written_during_a_refresh_is_in_the_next_one(campus: Campus, user: User):
    of = Class(campus)

    def write(number: int) -> None:
        if number % 4:
            lesson(campus, of.user, of.id, title=f"Part {number}")
        else:
            campus.run("cleanup", "refresh_course_stats")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(16)))
    campus.run("cleanup", "refresh_course_stats")
    assert of.call("GET", f"/courses/{of.id}/stats").data["lessons"] == len(of.live("lesson")) == 12


def test_figures_are_for_who_teaches(campus: Campus, user: User):
    of, student, instructor = classroom(campus, user)
    path = f"/v2/courses/{of}/stats"
    assert campus.call("GET", path, user).data["lessons"] == 0
    assert campus.call("GET", path, instructor).status == 200
    refused = campus.call("GET", path, student)
    assert (refused.status, refused.error) == (403, "FORBIDDEN")
    assert campus.call("GET", path, campus.user()).status == 404


def test_readers_are_not_kept_waiting_by_a_refresh(campus: Campus, user: User):
    of, *_ = classroom(campus, user)
    lesson(campus, user, of)
    with campus.admin.transaction():
        campus.admin.execute("select refresh_course_stats()")
        assert campus.call("GET", f"/v2/courses/{of}/stats", user).data["lessons"] == 0
    assert campus.call("GET", f"/v2/courses/{of}/stats", user).data["lessons"] == 1


def test_the_gradebook_has_everybody_for_teachers_and_oneself_for_students(
    campus: Campus, user: User
):
    of = Class(campus)
    for step in ("lesson", "lesson", "quiz"):
        of.take(step, 0, 0)
    first, second = of.students[0], enroll(campus, of.user, of.id)
    of.call("PUT", f"/lessons/{of.lessons[0]}/progress", first, {"percentDone": 100})
    for answers in ([[0], [1]], [[0], [0]], [[1], [1]]):
        path = f"/v2/enrichments/{of.quizzes[0]}/attempts"
        assert campus.call("POST", path, first, {"answers": answers}).status == 201
    grades = of.call("GET", f"/courses/{of.id}/gradebook").data
    assert campus.lines[-1]["db_round_trips"] <= 2
    assert [one["userId"] for one in grades] == [str(second.id), str(first.id)]
    best = grades[1]
    assert (best["lessons"], best["lessonsCompleted"], best["percentDone"]) == (2, 1, 50)
    assert (best["quizzes"], best["quizzesAttempted"]) == (1, 1)
    assert (best["points"], best["questions"]) == (2, 2)
    assert best["lastActiveAt"]
    assert (grades[0]["percentDone"], grades[0]["lastActiveAt"]) == (0, None)
    path = f"/courses/{of.id}/gradebook"
    assert of.call("GET", path, of.teacher).data == grades
    assert of.call("GET", path, first).data == [best]
    assert of.call("GET", path, campus.user()).status == 404
