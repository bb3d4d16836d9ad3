"""Newest shapes of enrichments, attempts at quizzes, and reports."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.models import AnyOf, Deletable, Entity, Id, ListQuery, Model, Text

EnrichmentType = Literal[
    "quiz", "summary", "flashcards", "audio", "video", "presentation", "document", "cover"
]
EnrichmentStatus = Literal[
    "draft",
    "pending",
    "draft_generating",
    "draft_ready",
    "generating",
    "completed",
    "failed",
    "cancelled",
]
ReportReason = Literal["wrong", "inappropriate", "copyright", "other"]
Words = Annotated[Text, Field(min_length=1, max_length=2000)]
Index = Annotated[int, Field(ge=0, le=9)]

# What a draft of each type consists of; of the others, a text to make them from.
PART_OF_TYPE = {"quiz": "questions", "flashcards": "cards"}


class Question(Model):
    """A question of a quiz; `correct` holds the numbers of the right options, from 0. Learners get
    it, and the explanation, with their attempt."""

    text: Words
    options: Annotated[list[Words], Field(min_length=2, max_length=10)]
    correct: Annotated[list[Index], Field(min_length=1, max_length=10)] | None = Field(
        default=None, examples=[[0]]
    )
    explanation: Annotated[Text, Field(max_length=2000)] | None = None


class CardText(Model):
    """A flashcard of an enrichment."""

    front: Words
    back: Annotated[Text, Field(min_length=1, max_length=5000)]


class EnrichmentContent(Model):
    """What an enrichment consists of: the `questions` of a quiz, the `cards` of flashcards, or a
    `text` (a summary; what a medium is made from)."""

    text: Annotated[Text, Field(min_length=1, max_length=50_000)] | None = None
    questions: Annotated[list[Question], Field(min_length=1, max_length=50)] | None = None
    cards: Annotated[list[CardText], Field(min_length=1, max_length=100)] | None = None


class NewContent(EnrichmentContent):
    """A draft: exactly one of `text`, `questions` and `cards`, as its type has it. Each question
    says which of its options are right."""

    text: Annotated[Text, Field(min_length=1, max_length=50_000)] | None = None
    questions: Annotated[list[Question], Field(min_length=1, max_length=50)] | None = Field(
        default=None, examples=[None]
    )
    cards: Annotated[list[CardText], Field(min_length=1, max_length=100)] | None = Field(
        default=None, examples=[None]
    )

    @model_validator(mode="after")
    def _one_part_with_answers(self) -> Self:
        if len(self.parts) != 1:
            raise ValueError("needs exactly one of text, questions and cards")
        for question in self.questions or ():
            right = question.correct
            if not right or len(set(right)) != len(right) or max(right) >= len(question.options):
                raise ValueError("each question needs the numbers of its right options")
        return self

    @property
    def parts(self) -> list[str]:
        return [name for name, value in self if value is not None]


class EnrichmentSettings(Model):
    """How an enrichment is to be generated."""

    language: Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    length: Literal["short", "medium", "long"] = "medium"
    difficulty: Annotated[int, Field(ge=1, le=5)] = 3
    questions: Annotated[int, Field(ge=1, le=50)] = 10
    instructions: Annotated[Text, Field(max_length=1000)] = ""


class Citation(Model):
    """Where in the lesson a statement comes from."""

    quote: str
    position: int


class EnrichmentError(Model):
    """Why an enrichment could not be generated."""

    code: str
    retryable: bool


class EnrichmentSummary(Deletable):
    """An enrichment without its draft and content."""

    course_id: UUID
    lesson_id: UUID
    type: EnrichmentType
    status: EnrichmentStatus
    requested_at: datetime | None


class Enrichment(EnrichmentSummary):
    """What a lesson is enriched with. Learners see it when it is completed, without the draft and
    what it cost; `costMicros` is in millionths of a euro."""

    settings: EnrichmentSettings | None
    draft: EnrichmentContent | None
    content: EnrichmentContent | None
    citations: list[Citation]
    model: str | None
    tokens: int
    cost_micros: int
    error: EnrichmentError | None


class NewEnrichment(Model):
    """A new enrichment: drafted by hand, with a `draft`, or else to be generated."""

    type: EnrichmentType = Field(examples=["summary"])
    settings: EnrichmentSettings | None = None
    draft: NewContent | None = None

    @model_validator(mode="after")
    def _draft_of_its_type(self) -> Self:
        if self.draft and self.draft.parts != [PART_OF_TYPE.get(self.type, "text")]:
            raise ValueError(f"the draft needs {PART_OF_TYPE.get(self.type, 'text')}")
        return self


class EnrichmentPatch(Model):
    """Changes to how an enrichment is to be generated: absent fields stay, null clears."""

    settings: EnrichmentSettings | None = None


class DraftPatch(Model):
    """Another draft."""

    draft: NewContent


class EnrichmentQuery(ListQuery):
    """Filters of the list of enrichments."""

    type: AnyOf[EnrichmentType] | None = None
    status: AnyOf[EnrichmentStatus] | None = None


class EnrichmentBatch(Model):
    """Which lessons are to be enriched with what: each lesson with each type, 100 in all."""

    lesson_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]
    types: Annotated[list[EnrichmentType], Field(min_length=1, max_length=8)]
    settings: EnrichmentSettings | None = None

    @model_validator(mode="after")
    def _each_once_and_bounded(self) -> Self:
        for named in (self.lesson_ids, self.types):
            if len(named) != len(set(named)):
                raise ValueError("names something twice")
        if len(self.lesson_ids) * len(self.types) > 100:
            raise ValueError("asks for more than 100 enrichments")
        return self


class RequestedEnrichments(Model):
    """The enrichments that a batch asked for."""

    enrichments: list[EnrichmentSummary]


class NewAttempt(Model):
    """The answers to all questions of a quiz in their order: the numbers of the chosen options."""

    answers: Annotated[
        list[Annotated[list[Index], Field(max_length=10)]], Field(min_length=1, max_length=50)
    ]
    duration_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None


class AnswerResult(Model):
    """How one question was answered, and what would have been right."""

    right: bool
    correct: list[int]
    explanation: str | None


class QuizAttempt(Entity):
    """An attempt at a quiz: a point for each question whose right options were chosen exactly."""

    course_id: UUID
    enrichment_id: UUID
    points: int
    questions: int
    duration_ms: int | None
    results: list[AnswerResult]


class NewReport(Model):
    """What is wrong with an enrichment."""

    reason: ReportReason
    comment: Annotated[Text, Field(max_length=1000)] = ""


class Report(Entity):
    """A report of an enrichment."""

    course_id: UUID
    enrichment_id: UUID
    reason: ReportReason
    comment: str
