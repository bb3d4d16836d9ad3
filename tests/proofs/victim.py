"""A tenant to attack: real records of every kind that a client can name."""

from typing import Any

from shared.ids import uuid7
from tests.campus import Answer, Campus
from tests.proofs.bodies import LOCAL, MOMENT


class Victim:
    """A tenant with a live and a deleted record of every kind that a client can name."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus
        self.user = campus.user(tier="premium")
        self.course_id = self.both("/v2/courses", {"title": "Logic"})
        course = self.course_id[0]
        self.assignment_id = self.both(
            "/v2/tasks/assignments", {"title": "x", "dueAt": MOMENT, "courseId": course}
        )
        self.lecture_id = self.both(
            "/v2/tasks/lectures",
            {"title": "x", "courseId": course, "startLocal": LOCAL, "timezone": "UTC"},
        )
        self.study_session_id = self.both(
            "/v2/tasks/study-sessions", {"topic": "x", "startsAt": MOMENT}
        )
        self.api_key_id = self.both("/v2/users/me/api-keys", {"name": "x", "scopes": ["*"]})
        self.notification_id = [self.notified()]
        self.item_id = [*self.assignment_id, *self.lecture_id, *self.study_session_id]
        self.parent_id, self.id = self.assignment_id, self.item_id
        self.deletion_id = [
            str(row[0])
            for row in campus.rows(
                "select deletion_id from task_item where user_id = %s and deleted_at is not null"
                " union select deletion_id from deleted_course where user_id = %s",
                self.user.id,
                self.user.id,
            )
        ]

    def both(self, path: str, body: dict[str, Any]) -> list[str]:
        """Make two, and delete the second."""
        ids = [self.call("POST", path, body).data["id"] for _ in range(2)]
        assert self.call("DELETE", f"{path}/{ids[1]}").status == 204
        return ids

    def notified(self) -> str:
        made = str(uuid7())
        self.campus.admin.execute(
            "insert into notification (id, user_id, workflow, category, title, body, severity,"
            " dedupe_key, cause_id, correlation_id, visible)"
            " values (%s, %s, 'welcome', 'course', 'x', 'x', 'low', 'x', %s, 'x', true)",
            (made, self.user.id, uuid7()),
        )
        return made

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        answer = self.campus.call(method, path, self.user, body)
        assert answer.status < 300, answer.text
        return answer

    def ids_of(self, name: str) -> list[str]:
        """Real ids for a parameter or field."""
        assert hasattr(self, name), f"how does a victim get a {name}? say it in {__name__}"
        return getattr(self, name)

    @property
    def all_ids(self) -> set[str]:
        """Everything that an answer to somebody else must not hold."""
        names = ("course_id", "item_id", "api_key_id", "notification_id", "deletion_id")
        return {value for name in names for value in self.ids_of(name)} | {str(self.user.id)}

    def state(self) -> list[str]:
        """All rows, as a text for each table."""
        return [
            str(self.campus.rows(f"select md5(string_agg(t::text, '' order by t::text))"
                                 f" from {table} t where user_id = %s", self.user.id))
            for table in owned_tables(self.campus)
        ]  # fmt: skip


def owned_tables(campus: Campus) -> list[str]:
    return [
        row[0]
        for row in campus.rows(
            "select table_name from information_schema.columns"
            " join pg_tables on schemaname = table_schema and tablename = table_name"
            " where table_schema = 'public' and column_name = 'user_id'"
            " and table_name not like 'event_2%' order by table_name"
        )
    ]
