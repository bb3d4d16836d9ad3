"""What somebody can have in courses, and what its routes take."""

from collections.abc import Iterator

from shared.ids import uuid7
from tests.proofs.planting import Plot
from tests.proofs.victim import Victim
from tests.things import LOCAL, Json, Thing

COURSE = {
    "title": "{words}", "code": "CS 101", "description": "{words}", "color": "#336699",
    "language": "en", "examOn": "2027-02-01", "termId": "{term_id}", "tags": ["{words}"],
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
SECTION = {"title": "{words}", "description": "{words}"}
LESSON = {
    "title": "{words}", "content": "{words}", "lessonType": "video", "durationMinutes": 20,
    "sectionId": "{section_id}",
}  # fmt: skip


QUIZ = {"questions": [
    {"text": "{words}", "options": ["{words}", "No"], "correct": [0], "explanation": "{words}"},
]}  # fmt: skip
SETTINGS = {
    "language": "en", "length": "short", "difficulty": 2, "questions": 5, "instructions": "{words}",
}  # fmt: skip
ENRICHMENT = {"type": "quiz", "settings": SETTINGS, "draft": QUIZ}


def _attempt(plot: Plot) -> str:
    path = f"/v2/enrichments/{plot.some('enrichment')}"
    plot.campus.call("POST", f"{path}/approve", plot.user)
    return plot.campus.call("POST", f"{path}/attempts", plot.user, {"answers": [[0]]}).data["id"]


def _progress(plot: Plot) -> str:
    path = f"/v2/lessons/{plot.some('lesson')}/progress"
    return plot.campus.call("PUT", path, plot.user, {"percentDone": 50}).data["id"]


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


def _token(plot: Plot) -> str:
    """The token of a fresh link to the plot's course."""
    path = f"/v2/courses/{plot.some('course')}/share-links"
    return plot.campus.call("POST", path, plot.user, {"permission": "clone"}).data["token"]


def _invited(plot: Plot) -> str:
    """The token of an invitation to an organization that the plot's owner is no member of."""
    other = plot.campus.user()
    made = plot.campus.call("POST", "/v2/organizations", other, {"name": "Ada"}).data["id"]
    path = f"/v2/organizations/{made}/invitations"
    return plot.campus.call("POST", path, other, {"kind": "link"}).data["token"]


def _generated(plot: Plot) -> str:
    """An enrichment with a file, as generating leaves it."""
    made = plot.plant("enrichment")
    plot.campus.admin.execute(
        "update enrichment set status = 'completed', content = draft,"
        " file_key = 'enrichments/' || id || '/audio.mp3' where id = %s",
        (made,),
    )
    return made


THINGS = [
    Thing("course", "/courses", COURSE, seen_by="members"),
    Thing("organization", "/organizations", ORGANIZATION, seen_by="members"),
    Thing("enrollment", "/courses/{course_id}/enrollments", make=_enrollment),
    Thing("share_link", "/courses/{course_id}/share-links", {"permission": "clone"}),
    Thing("invitation", "/organizations/{organization_id}/invitations", {"kind": "code"}),
    Thing("member", "/organizations/{organization_id}/members", make=_member, seen_by="members"),
    Thing("section", "/courses/{course_id}/sections", SECTION, seen_by="members"),
    Thing("lesson", "/courses/{course_id}/lessons", LESSON, seen_by="members"),
    Thing("progress_record", make=_progress),
    Thing("enrichment", "/lessons/{lesson_id}/enrichments", ENRICHMENT, seen_by="members"),
    Thing("quiz_attempt", make=_attempt),
    Thing(
        "enrichment_report",
        "/enrichments/{enrichment_id}/reports",
        {"reason": "wrong", "comment": "{words}"},
        once=True,
    ),
    Thing("flashcard_deck", "/flashcard-decks", DECK),
    Thing("flashcard", "/flashcards", CARD),
    Thing("flashcard_review", "/flashcards/{flashcard_id}/reviews", REVIEW),
]
BODIES = {
    "CourseBatch": {"operations": [{"action": "create", "data": COURSE}], "atomic": False},
    "CoursePatch": COURSE,
    "Cloning": {"title": "{words}"},
    "ShareLinkPatch": {"permission": "view", "maxViews": 10},
    "EnrollmentPatch": {"role": "instructor", "status": "active"},
    "NewEnrollment": {"role": "student"},
    "MemberPatch": {"role": "student"},
    "NewCourse": {**COURSE, "firstLecture": FIRST_LECTURE},
    "SectionPatch": SECTION,
    "LessonPatch": LESSON,
    "LessonBatch": {"lessons": [LESSON]},
    "EnrichmentPatch": {"settings": SETTINGS},
    "DraftPatch": {"draft": QUIZ},
    "EnrichmentBatch": {"lessonIds": ["{lesson_id}"], "types": ["quiz"], "settings": SETTINGS},
    "NewAttempt": {"answers": [[0]], "durationMs": 4200},
    "NewLessonProgress": {"percentDone": 100, "secondsSpent": 900},
    "StructureOrder": {"sections": [{"id": "{section_id}", "lessons": ["{lesson_id}"]}]},
    "FlashcardDeckPatch": DECK,
    "FlashcardPatch": {**CARD, "suspended": True},
    "OrganizationPatch": ORGANIZATION,
}
NAMES = {"deck_id": ("flashcard_deck",)}
VALUES = {
    "/shared/{token}": _token,
    "/invitations/{token}": _invited,
    "/enrichments/{enrichment_id}/playback-url": _generated,
}


def _orders(victim: Victim) -> Iterator[Json]:
    for lesson in victim.ids_of("lesson_id"):
        yield {"sections": [], "lessons": [lesson]}
    for section in victim.ids_of("section_id"):
        yield {"sections": [{"id": section, "lessons": []}], "lessons": []}


def _batches(victim: Victim) -> Iterator[Json]:
    for section in victim.ids_of("section_id"):
        yield {"lessons": [{"title": "Mine", "sectionId": section}]}


def _requests(victim: Victim) -> Iterator[Json]:
    for lesson in victim.ids_of("lesson_id"):
        yield {"lessonIds": [lesson], "types": ["quiz"]}


def _course_batches(victim: Victim) -> Iterator[Json]:
    operations: list[Json] = [
        {
            "action": action,
            "id": course,
            **({"data": {"title": "Mine"}} if action == "update" else {}),
        }
        for course in victim.ids_of("course_id")
        for action in ("update", "delete", "restore")
    ]
    yield {"operations": operations}
    yield {"operations": operations, "atomic": True}


FOREIGN = {
    "StructureOrder": _orders,
    "LessonBatch": _batches,
    "EnrichmentBatch": _requests,
    "CourseBatch": _course_batches,
}
