"""What Lambda calls."""

from functions.courses import courses, flashcards, lessons, reviews, sections, trash
from shared.function import function

handle = function(
    "courses",
    routes=[
        courses.routes,
        trash.routes,
        sections.routes,
        lessons.routes,
        lessons.progress,
        flashcards.routes,
        reviews.routes,
    ],
    later={
        "/courses/batch": "functions.courses.batch",
        "/courses/catalogue": "functions.courses.catalogue",
        "/courses/{course_id}/archive": "functions.courses.publishing",
        "/courses/{course_id}/clone": "functions.courses.cloning",
        "/courses/{course_id}/enrichments": "functions.courses.enrichments",
        "/courses/{course_id}/enrollments": "functions.courses.enrollments",
        "/courses/{course_id}/gradebook": "functions.courses.statistics",
        "/courses/{course_id}/publish": "functions.courses.publishing",
        "/courses/{course_id}/share-links": "functions.courses.share_links",
        "/courses/{course_id}/stats": "functions.courses.statistics",
        "/courses/{course_id}/structure": "functions.courses.structure",
        "/courses/{course_id}/trash": "functions.courses.structure",
        "/enrichments": "functions.courses.enrichment_steps",
        "/enrichments/{enrichment_id}/attempts": "functions.courses.quizzes",
        "/enrichments/{enrichment_id}/playback-url": "functions.courses.playback",
        "/flashcard-decks": "functions.courses.flashcard_decks",
        "/invitations": "functions.courses.invitations",
        "/lessons/{lesson_id}/enrichments": "functions.courses.enrichments",
        "/organizations": "functions.courses.organizations",
        "/organizations/{organization_id}/invitations": "functions.courses.invitations",
        "/organizations/{organization_id}/members": "functions.courses.members",
        "/organizations/{organization_id}/stats": "functions.courses.organization_statistics",
        "/shared": "functions.courses.shared",
    },
    subscribers="functions.courses.subscribers",
    changes="functions.courses.changes",
)
