"""What somebody can have in courses, and what its routes take."""

from shared.ids import uuid7
from tests.proofs.planting import Plot
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

ORGANIZATION = {"name": "{words}", "settings": {"selfEnrollment": False}}


def _member(plot: Plot) -> str:
    """Somebody else in the plot's organization, as an accepted invitation makes them one."""
    made, organization = str(uuid7()), plot.some("organization")
    plot.campus.admin.execute(
        "insert into membership (id, organization_id, owner_id, user_id, role)"
        " select %s, id, user_id, %s, 'student' from organization where id = %s",
        (made, plot.campus.user().id, organization),
    )
    return made


def _enrollment(plot: Plot) -> str:
    """Somebody else in the plot's course."""
    made, course = str(uuid7()), plot.some("course")
    plot.campus.admin.execute(
        "insert into enrollment (id, course_id, owner_id, user_id)"
        " select %s, id, user_id, %s from course where id = %s",
        (made, plot.campus.user().id, course),
    )
    return made


THINGS = [
    Thing("course", "/courses", COURSE),
    Thing("organization", "/organizations", ORGANIZATION),
    Thing("enrollment", "/courses/{course_id}/enrollments", make=_enrollment),
    Thing("member", "/organizations/{organization_id}/members", make=_member),
    Thing("flashcard_deck", "/flashcard-decks", DECK),
    Thing("flashcard", "/flashcards", CARD),
    Thing("flashcard_review", "/flashcards/{flashcard_id}/reviews", REVIEW),
]
BODIES = {
    "CoursePatch": COURSE,
    "EnrollmentPatch": {"role": "instructor", "status": "active"},
    "NewEnrollment": {"role": "student"},
    "MemberPatch": {"role": "student"},
    "NewCourse": {**COURSE, "firstLecture": FIRST_LECTURE},
    "FlashcardDeckPatch": DECK,
    "FlashcardPatch": {**CARD, "suspended": True},
    "OrganizationPatch": ORGANIZATION,
}
NAMES = {"deck_id": ("flashcard_deck",)}
