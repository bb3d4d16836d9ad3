"""Courses and items of all kinds, made, deleted and restored through the API, and what the
database holds of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.ids import uuid7
from tests.campus import Answer, Campus, User

Row = dict[str, Any]
Key = tuple[str, str]
ITEMS = {
    "assignment": "/v2/tasks/assignments",
    "lecture": "/v2/tasks/lectures",
    "study_session": "/v2/tasks/study-sessions",
}
COURSES = "/v2/courses"
STAMPS = ("deleted_at", "deleted_by", "deletion_id")
# What moves on with every change of a row.
MOVING = ("version", "updated_at")


def soon(minutes: int = 40) -> str:
    """A time ahead, whole seconds."""
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes)
    return at.isoformat().replace("+00:00", "Z")


def body_of(kind: str, words: str, **links: Any) -> Row:
    """A new item of a kind with `words` in every text that it has."""
    match kind:
        case "assignment":
            texts = {"title": words, "description": words, "tags": [words]}
            return {**texts, "dueAt": soon(), "checklist": [{"text": words}], **links}
        case "lecture":
            texts = {"title": words, "description": words, "location": words}
            return {**texts, "startLocal": soon()[:-1], "instructorName": words, **links}
        case "study_session":
            return {"topic": words, "notes": words, "startsAt": soon(), **links}
        case _:
            return {"title": words, "description": words, "tags": [words], **links}


@dataclass
class Plot:
    """One tenant's courses and items."""

    campus: Campus
    user: User
    planted: list[Key] = field(default_factory=list)

    def plant(self, kind: str, words: str = "Ada", **links: Any) -> str:
        """Create a course or an item. Returns its id."""
        path = ITEMS.get(kind, COURSES)
        made = self.campus.call("POST", path, self.user, body_of(kind, words, **links))
        assert made.status == 201, made.text
        self.planted.append((kind, made.data["id"]))
        return made.data["id"]

    def ids(self, kind: str) -> list[str]:
        return [found for planted, found in self.planted if planted == kind]

    def delete(self, kind: str, item: str) -> Answer:
        return self.campus.call("DELETE", f"{ITEMS.get(kind, COURSES)}/{item}", self.user)

    def restore(self, kind: str, item: str) -> Answer:
        path = f"{ITEMS.get(kind, COURSES)}/{item}/restore"
        key = {"Idempotency-Key": str(uuid7())}
        return self.campus.call("POST", path, self.user, None, key)

    def preview(self, course: str) -> Answer:
        return self.campus.call("DELETE", f"{COURSES}/{course}?dryRun=true", self.user)

    def rows(self) -> dict[Key, Row]:
        """Every row that a deletion can touch, and what counts against the plan."""
        found: dict[Key, Row] = {}
        for table in tables(self.campus):
            text = f"select to_jsonb(t) from {table} as t where user_id = %s"
            for (row,) in self.campus.rows(text, self.user.id):
                found[table, row["id"]] = row
        text = "select item_id::text from task_creation where user_id = %s"
        for (item,) in self.campus.rows(text, self.user.id):
            found["task_creation", item] = {"id": item}
        return found

    def orphans(self) -> list[tuple[str, str, str]]:
        """Live rows under deleted ones, by the policies that the schema declares."""
        return [
            (child, column, str(found))
            for child, column, parent in links(self.campus)
            for (found,) in self.campus.rows(
                f"select c.id from {child} as c join {parent} as p on p.id = c.{column}"
                " where c.user_id = %s and c.deleted_at is null and p.deleted_at is not null",
                self.user.id,
            )
        ]


def tables(campus: Campus) -> list[str]:
    """The deletable tables."""
    return [name for (name,) in campus.rows("select table_name from deletable order by 1")]


def links(campus: Campus) -> list[tuple[str, str, str]]:
    """Which rows go with which: the declared cascades, and those that events carry out."""
    declared = campus.rows(
        "select child_table, child_column, parent_table from deletion_policy"
        " where action = 'cascade' order by 1, 2"
    )
    by_events = campus.rows(
        "select table_name, column_name, 'course' from information_schema.columns"
        " join deletable using (table_name)"
        " where table_schema = 'public' and column_name = 'course_id' order by 1"
    )
    return [*declared, *by_events]


def still(row: Row | None, *, but: tuple[str, ...] = MOVING) -> Row | None:
    """A row without what moves on."""
    return row and {name: value for name, value in row.items() if name not in but}


def changed(before: dict[Key, Row], after: dict[Key, Row]) -> set[Key]:
    """The rows that differ in more than what moves on."""
    return {
        key
        for key in before.keys() | after.keys()
        if still(before.get(key)) != still(after.get(key))
    }
