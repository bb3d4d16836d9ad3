"""Enrichments: drafts, states, quizzes, reports; what teachers and what learners see."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.courses.enrichment_models import EnrichmentStatus
from functions.courses.enrichment_states import OF_WORDS, STEPS, Step
from functions.courses.quizzes import scored
from shared.errors import Refusal
from tests.campus import Answer, Campus, User
from tests.functions.courses.classes import classroom, course, lesson

STATES: tuple[str, ...] = EnrichmentStatus.__args__
QUESTIONS = [
    {"text": "1 + 1?", "options": ["2", "3"], "correct": [0], "explanation": "One more than 1"},
    {"text": "Even?", "options": ["2", "3", "4"], "correct": [0, 2]},
]
QUIZ = {"type": "quiz", "draft": {"questions": QUESTIONS}}
SUMMARY = {"type": "summary", "draft": {"text": "All in short."}}


def enrich(campus: Campus, user: User, of: str, body: dict[str, Any]) -> Any:
    made = campus.call("POST", f"/v2/lessons/{of}/enrichments", user, body)
    assert made.status == 201, made.text
    return made.data


def step(campus: Campus, user: User, made: Any, name: str) -> Answer:
    return campus.call("POST", f"/v2/enrichments/{made['id']}/{name}", user)


def quiz(campus: Campus, user: User) -> tuple[Any, User, User]:
    """A completed quiz of a course with a student and an instructor."""
    of, student, instructor = classroom(campus, user)
    made = enrich(campus, user, lesson(campus, user, of), QUIZ)
    assert step(campus, user, made, "approve").status == 200
    return made, student, instructor


def set_status(campus: Campus, made: Any, status: str) -> None:
    campus.admin.execute(
        'update enrichment set status = %s, draft = \'{"text": "x"}\','
        ' content = \'{"text": "y"}\' where id = %s',
        (status, made["id"]),
    )


def test_a_draft_by_hand_waits_and_a_generation_is_asked_for(campus: Campus, user: User):
    of = lesson(campus, user, course(campus, user))
    by_hand = enrich(campus, user, of, SUMMARY)
    assert (by_hand["status"], by_hand["draft"]["text"]) == ("draft", "All in short.")
    wanted = {"type": "audio", "settings": {"language": "de", "length": "short"}}
    asked = enrich(campus, user, of, wanted)
    assert (asked["status"], asked["draft"], asked["content"]) == ("pending", None, None)
    assert (asked["settings"]["language"], asked["settings"]["difficulty"]) == ("de", 3)
    assert asked["requestedAt"]
    assert campus.types(user)[-2:] == ["enrichment.draft_ready", "enrichment.requested"]
    listed = campus.call("GET", f"/v2/lessons/{of}/enrichments", user).data
    assert [one["id"] for one in listed] == [asked["id"], by_hand["id"]]
    only = campus.call("GET", f"/v2/lessons/{of}/enrichments?type=audio&status=pending", user)
    assert [one["id"] for one in only.data] == [asked["id"]]
    path = f"/v2/lessons/{of}/enrichments/{asked['id']}"
    changed = campus.call("PATCH", path, user, {"settings": None}, {"If-Match": '"v2-1"'})
    assert (changed.status, changed.data["settings"], changed.data["version"]) == (200, None, 2)


def test_approving_words_completes_them_and_approving_a_medium_begins_it(
    campus: Campus, user: User
):
    of = lesson(campus, user, course(campus, user))
    words = step(campus, user, enrich(campus, user, of, SUMMARY), "approve").data
    assert (words["status"], words["content"]["text"]) == ("completed", "All in short.")
    assert campus.types(user)[-2:] == ["enrichment.approved", "enrichment.completed"]
    script = {"type": "audio", "draft": {"text": "Good morning"}}
    medium = step(campus, user, enrich(campus, user, of, script), "approve").data
    assert (medium["status"], medium["content"]) == ("generating", None)
    assert campus.types(user)[-1] == "enrichment.approved"


@pytest.mark.parametrize("kind", ["summary", "video"])
@pytest.mark.parametrize("taken", STEPS, ids=lambda taken: taken.name)
def test_each_step_leads_out_of_its_states_alone(
    campus: Campus, user: User, taken: Step, kind: str
):
    of = lesson(campus, user, course(campus, user))
    made = enrich(campus, user, of, {**SUMMARY, "type": kind})
    for status in STATES:
        set_status(campus, made, status)
        before = len(campus.types(user))
        answer = step(campus, user, made, taken.name)
        if status in taken.sources:
            wanted = taken.target if kind in OF_WORDS else taken.target_of_media
            assert (answer.status, answer.data["status"]) == (200, wanted), status
            assert len(campus.types(user)) > before
            continue
        assert (answer.status, answer.error) == (409, "CONFLICT"), status
        details = answer.json["error"]["details"]
        assert details == {
            "status": status, "step": taken.name, "allowedFrom": list(taken.sources),
        }  # fmt: skip
        assert len(campus.types(user)) == before


def test_a_draft_is_changed_until_it_is_approved(campus: Campus, user: User):
    of = lesson(campus, user, course(campus, user))
    made = enrich(campus, user, of, SUMMARY)
    path = f"/v2/enrichments/{made['id']}/draft"
    body = {"draft": {"text": "Shorter."}}
    changed = campus.call("PATCH", path, user, body, {"If-Match": '"v2-1"'})
    assert (changed.status, changed.data["draft"]["text"]) == (200, "Shorter.")
    assert campus.call("PATCH", path, user, body, {"If-Match": '"v2-1"'}).status == 412
    other = campus.call("PATCH", path, user, {"draft": {"questions": QUESTIONS}})
    assert (other.status, other.error) == (422, "VALIDATION_ERROR")
    step(campus, user, made, "approve")
    refused = campus.call("PATCH", path, user, body)
    assert (refused.status, refused.error) == (409, "CONFLICT")
    assert campus.types(user).count("enrichment.updated") == 1


def test_generating_again_forgets_what_was_there(campus: Campus, user: User):
    made, *_ = quiz(campus, user)
    again = step(campus, user, made, "regenerate").data
    assert (again["status"], again["draft"], again["content"]) == ("pending", None, None)
    assert campus.types(user)[-1] == "enrichment.requested"
    assert step(campus, user, made, "cancel").data["status"] == "cancelled"
    assert campus.types(user)[-1] == "enrichment.cancelled"


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"text": "x", "cards": [{"front": "a", "back": "b"}]},
        {"text": "a quiz has questions"},
        {"questions": [{"text": "x", "options": ["1", "2"]}]},
        {"questions": [{"text": "x", "options": ["1", "2"], "correct": [2]}]},
        {"questions": [{"text": "x", "options": ["1", "2"], "correct": [0, 0]}]},
        {"questions": [{"text": "x", "options": ["1"], "correct": [0]}]},
    ],
)
def test_a_draft_that_is_none_is_refused(campus: Campus, user: User, draft: dict[str, Any]):
    of = lesson(campus, user, course(campus, user))
    path = f"/v2/lessons/{of}/enrichments"
    refused = campus.call("POST", path, user, {"type": "quiz", "draft": draft})
    assert (refused.status, refused.error) == (422, "VALIDATION_ERROR")
    assert campus.call("GET", path, user).data == []


def test_learners_see_what_is_completed_without_its_answers(campus: Campus, user: User):
    made, student, instructor = quiz(campus, user)
    of = f"/v2/lessons/{made['lessonId']}/enrichments"
    waiting = enrich(campus, user, made["lessonId"], SUMMARY)
    assert [one["id"] for one in campus.call("GET", of, student).data] == [made["id"]]
    assert len(campus.call("GET", of, instructor).data) == 2
    assert campus.call("GET", f"{of}/{waiting['id']}", student).status == 404
    seen = campus.call("GET", f"{of}/{made['id']}", student).data
    assert seen["draft"] is None
    assert [(q["correct"], q["explanation"]) for q in seen["content"]["questions"]] == [
        (None, None)
    ] * 2
    full = campus.call("GET", f"{of}/{made['id']}", instructor).data
    assert [q["correct"] for q in full["content"]["questions"]] == [[0], [0, 2]]
    for method, path in (
        ("POST", f"/v2/enrichments/{made['id']}/regenerate"),
        ("DELETE", f"{of}/{made['id']}"),
    ):
        refused = campus.call(method, path, student)
        assert (refused.status, refused.error) == (403, "FORBIDDEN")
        assert campus.call(method, path, campus.user()).status == 404
    assert campus.call("GET", of, campus.user()).status == 404
    assert step(campus, student, waiting, "approve").status == 404


def test_an_attempt_is_scored_by_the_server(campus: Campus, user: User):
    made, student, _ = quiz(campus, user)
    path = f"/v2/enrichments/{made['id']}/attempts"
    body = {"answers": [[0], [0]], "durationMs": 900}
    told = campus.call("POST", path, student, body)
    assert told.status == 201, told.text
    assert (told.data["points"], told.data["questions"]) == (1, 2)
    assert [(one["right"], one["correct"]) for one in told.data["results"]] == [
        (True, [0]),
        (False, [0, 2]),
    ]
    assert told.data["results"][0]["explanation"] == "One more than 1"
    [(data,)] = campus.rows(
        "select data from event where user_id = %s and type = 'quiz.attempted'", student.id
    )
    assert (data["quizId"], data["points"], data["questions"]) == (made["id"], 1, 2)
    assert campus.call("POST", path, student, {"answers": [[0]]}).status == 422
    assert campus.call("POST", path, campus.user(), body).status == 404
    step(campus, user, made, "regenerate")
    assert campus.call("POST", path, student, body).status == 404
    assert campus.call("POST", path, user, body).status == 409


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), max_size=10)),
        min_size=1,
        max_size=10,
    )
)
def test_a_point_is_for_exactly_the_right_options(given: list[tuple[set[int], list[int]]]):
    questions = [{"correct": sorted(right)} for right, _ in given]
    results = scored(questions, [chosen for _, chosen in given])
    assert [one.right for one in results] == [right == set(chosen) for right, chosen in given]
    with pytest.raises(Refusal):
        scored(questions, [[0]] * (len(questions) + 1))


def test_a_report_is_made_once_and_told(campus: Campus, user: User):
    made, student, _ = quiz(campus, user)
    path = f"/v2/enrichments/{made['id']}/reports"
    told = campus.call("POST", path, student, {"reason": "wrong", "comment": "2 is not even"})
    assert (told.status, told.data["reason"]) == (201, "wrong")
    twice = campus.call("POST", path, student, {"reason": "other"})
    assert (twice.status, twice.error) == (409, "ALREADY_EXISTS")
    assert campus.types(user)[-1] == "enrichment.reported"
    assert campus.call("POST", path, campus.user(), {"reason": "wrong"}).status == 404


def test_a_batch_asks_for_each_lesson_with_each_type_or_nothing(campus: Campus, user: User):
    of = course(campus, user)
    lessons = [lesson(campus, user, of) for _ in range(2)]
    path = f"/v2/courses/{of}/enrichments/batch"
    body = {"lessonIds": lessons, "types": ["quiz", "summary"]}
    made = campus.call("POST", path, user, body, {"Idempotency-Key": "1"})
    assert made.status == 201, made.text
    assert [(one["lessonId"], one["type"], one["status"]) for one in made.data["enrichments"]] == [
        (one, kind, "pending") for one in lessons for kind in ("quiz", "summary")
    ]
    assert campus.types(user)[-4:] == ["enrichment.requested"] * 4
    elsewhere = lesson(campus, user, course(campus, user))
    wrong = {"lessonIds": [lessons[0], elsewhere], "types": ["cover"]}
    refused = campus.call("POST", path, user, wrong, {"Idempotency-Key": "2"})
    assert refused.status == 404
    assert len(campus.call("GET", f"/v2/lessons/{lessons[0]}/enrichments", user).data) == 2


def test_a_lesson_takes_its_enrichments_along_and_brings_them_back(campus: Campus, user: User):
    made, student, _ = quiz(campus, user)
    campus.call("POST", f"/v2/enrichments/{made['id']}/attempts", student, {"answers": [[0], []]})
    of = f"/v2/courses/{made['courseId']}/lessons/{made['lessonId']}"
    assert campus.call("DELETE", of, user).status == 204
    path = f"/v2/lessons/{made['lessonId']}/enrichments/{made['id']}"
    assert campus.call("GET", path, user).status == 404
    key = {"Idempotency-Key": "once"}
    held = campus.call("POST", f"{path}/restore", user, headers=key)
    assert (held.status, held.error) == (409, "CONFLICT")
    back = campus.call("POST", f"{of}/restore", user, headers=key)
    assert back.status == 200, back.text
    assert campus.call("GET", path, user).data["status"] == "completed"
    assert campus.rows(
        "select deleted_at from quiz_attempt where enrichment_id = %s", made["id"]
    ) == [(None,)]
    assert campus.call("DELETE", path, user).status == 204
    last = {"Idempotency-Key": "last"}
    assert campus.call("DELETE", f"{path}/permanent", user, headers=last).status == 204
    assert campus.types(user)[-1] == "enrichment.purged"
