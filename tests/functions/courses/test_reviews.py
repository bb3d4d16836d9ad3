"""Reviews: FSRS as its authors' package computes it, deadlines, and exact undoing."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import fsrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.campus import Campus, User
from tests.functions.courses.cards import (
    LONG_AGO,
    answer,
    card,
    days,
    deck,
    old_card,
    stored,
    undo,
    wire,
)
from tests.functions.courses.classes import classroom

RATINGS = ["again", "hard", "good", "easy"]
some = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
# Answers, each so many minutes after the one before.
answers = st.lists(
    st.tuples(st.sampled_from(RATINGS), st.integers(0, 40 * 1440)), min_size=1, max_size=7
)


def replayed(log: list[tuple[str, datetime]]) -> fsrs.Card:
    """What the package makes of a new card and these answers."""
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    made = fsrs.Card(card_id=1)
    for rating, at in log:
        made, _ = scheduler.review_card(made, fsrs.Rating(RATINGS.index(rating) + 1), at)
    return made


def agrees(row: dict[str, Any], with_card: fsrs.Card) -> None:
    assert row["state"] == with_card.state.name.lower()
    assert (row["step"], row["stability"], row["difficulty"]) == (
        with_card.step,
        with_card.stability,
        with_card.difficulty,
    )
    assert datetime.fromisoformat(row["scheduled_at"]) == with_card.due


@some
@given(course=answers)
def test_answers_lead_to_what_the_package_says(campus: Campus, course: list[tuple[str, int]]):
    user, at, log = campus.user(), LONG_AGO, []
    made = old_card(campus, user)
    for rating, minutes in course:
        at += timedelta(minutes=minutes)
        if at > datetime.now(UTC):
            break
        log.append((rating, at))
        told = answer(campus, user, made, rating, at)
        assert told.status == 201, told.text
    agrees(stored(campus, made), replayed(log))
    listed = campus.call("GET", f"/v2/flashcards/{made}/reviews?sort=number", user).data
    kept = [(one["rating"], datetime.fromisoformat(one["reviewedAt"])) for one in listed]
    assert kept == log
    agrees(stored(campus, made), replayed(kept))


@some
@given(course=answers, kept=st.integers(0, 6))
def test_undoing_answers_leaves_the_card_as_it_was_before_them(
    campus: Campus, course: list[tuple[str, int]], kept: int
):
    user, at = campus.user(), LONG_AGO
    made = old_card(campus, user)
    states, reviews = [stored(campus, made)], []
    for rating, minutes in course:
        at = min(at + timedelta(minutes=minutes), datetime.now(UTC))
        reviews.append(answer(campus, user, made, rating, at).data["id"])
        states.append(stored(campus, made))
    while len(reviews) > kept:
        assert undo(campus, user, made, reviews.pop()).status == 204
        states.pop()
        assert stored(campus, made) == states[-1]
    numbers = campus.rows(
        "select number from flashcard_review where flashcard_id = %s order by 1", made
    )
    assert numbers == [(n,) for n in range(1, len(reviews) + 1)]


def test_a_published_example_of_intervals(campus: Campus, user: User):
    """The package's own test: this row of answers, each given when the card is due."""
    made, at, intervals = old_card(campus, user), datetime(2022, 11, 29, 12, 30, tzinfo=UTC), []
    campus.admin.execute(
        "update flashcard set created_at = %(at)s, scheduled_at = %(at)s, due_at = %(at)s"
        " where id = %(id)s",
        {"at": at, "id": made},
    )
    row = ["good"] * 6 + ["again"] * 2 + ["good"] * 5
    for rating in row:
        told = answer(campus, user, made, rating, at)
        assert told.status == 201, told.text
        due = datetime.fromisoformat(told.data["flashcard"]["dueAt"])
        intervals.append((due - at).days)
        at = due
    assert intervals == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_what_each_answer_would_lead_to_comes_true(campus: Campus, user: User):
    made = card(campus, user)
    [due] = campus.call("GET", "/v2/flashcards/due", user).data
    assert due["id"] == made
    dates = [datetime.fromisoformat(due["next"][rating]) for rating in RATINGS]
    assert dates == sorted(dates)
    before = datetime.now(UTC)
    assert timedelta() < dates[0] - before <= timedelta(minutes=1)
    told = answer(campus, user, made, "good").data
    at = datetime.fromisoformat(told["flashcard"]["lastReviewedAt"])
    assert datetime.fromisoformat(told["flashcard"]["dueAt"]) == at + timedelta(minutes=10)
    following = told["next"]["good"]
    assert following > told["flashcard"]["dueAt"]
    assert campus.call("GET", "/v2/flashcards/due", user).data == []


def test_due_cards_come_longest_due_first_and_by_deck_and_course(campus: Campus, user: User):
    course = campus.call("POST", "/v2/courses", user, {"title": "Spanish"}).data["id"]
    mine, other = deck(campus, user, courseId=course), deck(campus, user)
    late, soon, asleep = old_card(campus, user, other), card(campus, user, mine), card(campus, user)
    campus.call("PATCH", f"/v2/flashcards/{asleep}", user, {"suspended": True})

    def ids(query: str) -> list[str]:
        return [c["id"] for c in campus.call("GET", f"/v2/flashcards/due?{query}", user).data]

    assert ids("") == [late, soon]
    assert ids(f"deckId={mine}") == ids(f"courseId={course}") == [soon]


def test_answers_are_told_with_what_they_made_of_the_card(campus: Campus, user: User):
    course = campus.call("POST", "/v2/courses", user, {"title": "Spanish"}).data["id"]
    made = card(campus, user, deck(campus, user, courseId=course))
    body = {"rating": "easy", "durationMs": 4200}
    told = campus.call("POST", f"/v2/flashcards/{made}/reviews", user, body)
    assert (told.status, told.data["flashcard"]["state"]) == (201, "review")
    undo(campus, user, made, told.data["id"])
    [(data,)] = campus.rows(
        "select data from event where user_id = %s and type = 'flashcard.reviewed'", user.id
    )
    assert (data["rating"], data["state"], data["courseId"]) == ("easy", "review", course)
    assert (data["durationMs"], data["flashcardId"]) == (4200, made)
    assert campus.types(user)[-1] == "flashcard.review_undone"


def test_only_the_last_answer_can_be_taken_back_and_once(campus: Campus, user: User):
    made = card(campus, user)
    first = answer(campus, user, made, "good").data["id"]
    second = answer(campus, user, made, "good").data["id"]
    refused = undo(campus, user, made, first)
    assert (refused.status, refused.error) == (409, "CONFLICT")
    assert undo(campus, user, made, second).status == 204
    assert undo(campus, user, made, second).status == 404
    assert undo(campus, user, made, first).status == 204
    assert stored(campus, made)["state"] == "new"


def test_answers_given_at_once_follow_one_another(campus: Campus, user: User):
    made = card(campus, user)
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda rating: answer(campus, user, made, rating), RATINGS * 2))
    assert [one.status for one in told] == [201] * 8
    log = campus.call("GET", f"/v2/flashcards/{made}/reviews?sort=number", user).data
    assert [one["number"] for one in log] == list(range(1, 9))
    kept = [(one["rating"], datetime.fromisoformat(one["reviewedAt"])) for one in log]
    agrees(stored(campus, made), replayed(kept))


@pytest.mark.parametrize(("shift", "status"), [(timedelta(hours=1), 422), (days(-400), 409)])
def test_an_answer_keeps_the_order_of_the_log(
    campus: Campus, user: User, shift: timedelta, status: int
):
    made = old_card(campus, user)
    assert answer(campus, user, made, "good", datetime.now(UTC) - days(3)).status == 201
    assert answer(campus, user, made, "good", datetime.now(UTC) + shift).status == status
    assert stored(campus, made)["reviews"] == 1


def eve(on: date, zone: str) -> datetime:
    return datetime.combine(on - days(1), time(), ZoneInfo(zone))


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])
def test_the_day_before_the_exam_is_the_deadline(campus: Campus, user: User, zone: str):
    campus.admin.execute("update app_user set timezone = %s where id = %s", (zone, user.id))
    exam = datetime.now(UTC).date() + timedelta(days=5)
    course = {"title": "Spanish", "examOn": exam.isoformat()}
    course_id = campus.call("POST", "/v2/courses", user, course).data["id"]
    made = card(campus, user, deck(campus, user, courseId=course_id))
    [waiting] = campus.call("GET", "/v2/flashcards/due", user).data
    told = answer(campus, user, made, "easy").data
    assert datetime.fromisoformat(told["flashcard"]["dueAt"]) == eve(exam, zone)
    assert datetime.fromisoformat(waiting["next"]["easy"]) == eve(exam, zone)
    assert datetime.fromisoformat(stored(campus, made)["scheduled_at"]) > eve(exam, zone)


def test_the_deadline_moves_with_the_exam_and_the_deck(campus: Campus, user: User):
    today = datetime.now(UTC).date()
    course = campus.call("POST", "/v2/courses", user, {"title": "Spanish"}).data["id"]
    of = deck(campus, user, courseId=course)
    made = card(campus, user, of)
    answer(campus, user, made, "easy")
    free = stored(campus, made)["due_at"]

    def due_after(path: str, body: dict[str, Any]) -> str:
        assert campus.call("PATCH", path, user, body).status == 200
        assert campus.deliver() == []
        return stored(campus, made)["due_at"]

    def exam(number: int) -> dict[str, str]:
        return {"examOn": (today + timedelta(days=number)).isoformat()}

    eves = [wire(datetime.combine(today + timedelta(days=n - 1), time(), UTC)) for n in range(8)]
    plain = [one.replace("Z", "+00:00") for one in eves]
    assert due_after(f"/v2/courses/{course}", exam(4)) == plain[4]
    assert due_after(f"/v2/courses/{course}", exam(6)) == plain[6]
    assert due_after(f"/v2/flashcard-decks/{of}", {"courseId": None}) == free
    assert due_after(f"/v2/flashcard-decks/{of}", {"courseId": course}) == plain[6]
    other = deck(campus, user)
    assert due_after(f"/v2/flashcards/{made}", {"deckId": other}) == free
    assert due_after(f"/v2/flashcards/{made}", {"deckId": of}) == plain[6]
    assert due_after(f"/v2/courses/{course}", {"examOn": None}) == free
    past = (today - timedelta(days=30)).isoformat()
    assert due_after(f"/v2/courses/{course}", {"examOn": past}) == free


def test_the_exam_of_a_course_is_the_deadline_of_all_who_learn_for_it(campus: Campus, user: User):
    """A student's deck for a teacher's course: each is due on the clock of its owner."""
    of, student, _ = classroom(campus, user)
    campus.admin.execute(
        "update app_user set timezone = 'Pacific/Auckland' where id = %s", (student.id,)
    )
    cards = {
        learner.id: card(campus, learner, deck(campus, learner, courseId=of))
        for learner in (user, student)
    }
    for learner in (user, student):
        assert answer(campus, learner, cards[learner.id], "easy").status == 201
    exam = datetime.now(UTC).date() + timedelta(days=5)
    path = f"/v2/courses/{of}"
    assert campus.call("PATCH", path, user, {"examOn": exam.isoformat()}).status == 200
    assert campus.deliver() == []
    due = {owner: stored(campus, one)["due_at"] for owner, one in cards.items()}
    assert datetime.fromisoformat(due[user.id]) == eve(exam, "UTC")
    assert datetime.fromisoformat(due[student.id]) == eve(exam, "Pacific/Auckland")
    before = stored(campus, cards[student.id])
    assert campus.call("DELETE", path, user).status == 204
    assert campus.deliver() == []
    assert stored(campus, cards[student.id]) == before


def test_the_scheduler_brings_no_heavy_library():
    script = (
        "import fsrs, sys; fsrs.Scheduler(); print({'torch', 'numpy', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_the_function_starts_without_the_scheduler():
    script = "import sys, functions.courses.handler; print('fsrs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr
