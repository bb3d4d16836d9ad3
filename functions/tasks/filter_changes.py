"""Steps between the API versions of what lists of items are narrowed by."""

from functions.tasks.models import AssignmentQuery, LectureQuery
from functions.tasks.study_session_models import StudySessionQuery
from shared.versions import Change, OnlyNewer, Replace


class AssignmentFilters(Change):
    """The list of assignments filtered by `completed`, `due_after` and `due_before`; it filters
    by `status`, `dueAfter` and `dueBefore`."""

    models = (AssignmentQuery,)
    edits = (
        Replace(
            newer="status",
            older="completed",
            older_type=str,
            upgrade=lambda text: {
                "true": "submitted,graded",
                "false": "todo,in_progress,excused,dropped",
            }.get(text, text),
            downgrade=lambda _: None,
        ),
        *(
            OnlyNewer(name)
            for name in (
                "priority",
                "parent_id",
                "tags",
                "submission_method",
                "missing",
                "completed_after",
                "completed_before",
            )
        ),
    )


class LectureFilters(Change):
    """The list of lectures is also filtered by `kind` and `recurring`."""

    models = (LectureQuery,)
    edits = (OnlyNewer("kind"), OnlyNewer("recurring"))


class StudySessionFilters(Change):
    """The list of study sessions is also filtered by `assignmentId`, `status`, `technique` and
    `spacedRepetition`."""

    models = (StudySessionQuery,)
    edits = tuple(
        OnlyNewer(name) for name in ("assignment_id", "status", "technique", "spaced_repetition")
    )
