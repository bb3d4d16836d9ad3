"""What Lambda calls."""

from functions.courses import (
    changes,
    courses,
    enrichment_steps,
    enrichments,
    enrollments,
    flashcard_decks,
    flashcards,
    lessons,
    members,
    organizations,
    publishing,
    quizzes,
    reviews,
    sections,
    statistics,
    structure,
    trash,
)
from functions.courses.subscribers import subscribers
from shared.function import function

handle = function(
    "courses",
    routes=[
        courses.routes,
        trash.routes,
        flashcard_decks.routes,
        flashcards.routes,
        reviews.routes,
        organizations.routes,
        members.routes,
        publishing.routes,
        enrollments.routes,
        sections.routes,
        lessons.routes,
        lessons.progress,
        structure.routes,
        structure.trash,
        enrichments.routes,
        enrichments.batches,
        enrichment_steps.routes,
        quizzes.routes,
        statistics.routes,
    ],
    subscribers=subscribers,
    changes=changes,
)
