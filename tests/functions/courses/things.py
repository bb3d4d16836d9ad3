"""What somebody can have in courses, and what its routes take."""

from tests.things import LOCAL, Thing

COURSE = {
    "title": "{words}", "code": "CS 101", "description": "{words}", "color": "#336699",
    "language": "en", "examOn": "2027-02-01", "tags": ["{words}"],
}  # fmt: skip
FIRST_LECTURE = {
    "title": "{words}", "startLocal": LOCAL, "durationMinutes": 90, "timezone": "UTC",
    "location": "{words}", "recurrence": "weekly", "reminders": [30],
}  # fmt: skip

DECK = {"title": "{words}", "description": "{words}", "courseId": "{course_id}"}
CARD = {
    "deckId": "{flashcard_deck_id}", "front": "{words}", "back": "{words}", "tags": ["{words}"],
}  # fmt: skip
REVIEW = {"rating": "good", "durationMs": 4200}

THINGS = [
    Thing("course", "/courses", COURSE),
    Thing("flashcard_deck", "/flashcard-decks", DECK),
    Thing("flashcard", "/flashcards", CARD),
    Thing("flashcard_review", "/flashcards/{flashcard_id}/reviews", REVIEW),
]
BODIES = {
    "CoursePatch": COURSE,
    "NewCourse": {**COURSE, "firstLecture": FIRST_LECTURE},
    "FlashcardDeckPatch": DECK,
    "FlashcardPatch": {**CARD, "suspended": True},
}
NAMES = {"deck_id": ("flashcard_deck",)}
