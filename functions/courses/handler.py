"""What Lambda calls."""

from functions.courses import (
    changes,
    courses,
    enrollments,
    flashcard_decks,
    flashcards,
    members,
    organizations,
    publishing,
    reviews,
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
    ],
    subscribers=subscribers,
    changes=changes,
)
