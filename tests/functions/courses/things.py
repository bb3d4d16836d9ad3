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

THINGS = [Thing("course", "/courses", COURSE)]
BODIES = {"CoursePatch": COURSE, "NewCourse": {**COURSE, "firstLecture": FIRST_LECTURE}}
