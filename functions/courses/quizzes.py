"""Attempts at quizzes, scored here: the right answers do not leave before."""

from typing import Any
from uuid import UUID

from events.enrichments import QuizAttempted
from functions.courses.enrichment_models import AnswerResult, NewAttempt, QuizAttempt
from functions.courses.operations import missing
from shared.errors import Refusal, invalid
from shared.ids import uuid7
from shared.models import build
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/enrichments", tag="courses")
sql = queries(__file__)


# Two statements: points are given for the answers to what the first one reads.
@routes.post("/{enrichment_id}/attempts", status=201, statements=2, errors=("CONFLICT",))
def attempt_quiz(request: Request, enrichment_id: UUID, body: NewAttempt) -> QuizAttempt:
    """Answer a completed quiz. A question is worth a point if exactly its right options are
    chosen; with the points come the right answers and their explanations."""
    quiz = request.db.row(sql.read_quiz, id=enrichment_id)
    if quiz is None:
        raise missing(request)
    if quiz["type"] != "quiz" or quiz["status"] != "completed":
        raise Refusal("CONFLICT", "Only a completed quiz can be answered.")
    results = scored(quiz["content"]["questions"], body.answers)
    points = sum(result.right for result in results)
    row = request.db.rows(
        sql.record_attempt,
        id=uuid7(),
        enrichment_id=enrichment_id,
        answers={"chosen": body.answers},
        points=points,
        questions=len(results),
        duration_ms=body.duration_ms,
    )[0]
    request.emit(
        QuizAttempted(
            quiz_id=enrichment_id,
            attempt_id=row["id"],
            course_id=row["course_id"],
            points=points,
            questions=len(results),
            entity_version=quiz["version"],
        )
    )
    return build(QuizAttempt, {**row, "results": results})


def scored(questions: list[dict[str, Any]], answers: list[list[int]]) -> list[AnswerResult]:
    """How each question was answered. Errors: VALIDATION_ERROR for another number of answers."""
    if len(questions) != len(answers):
        raise invalid("answers", f"must answer {len(questions)} questions")
    return [
        build(
            AnswerResult,
            {
                "right": set(chosen) == set(question["correct"]),
                "correct": question["correct"],
                "explanation": question.get("explanation"),
            },
        )
        for question, chosen in zip(questions, answers, strict=True)
    ]
