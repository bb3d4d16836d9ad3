"""What goes out and comes in at another account is the same: occurrences, times and words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from functions.tasks.expansion import instant
from shared.ids import uuid7
from tests.campus import Campus, User
from tests.functions.tasks.calendars import feed, fetch
from tests.functions.tasks.planning import course
from tests.functions.tasks.recurring import NIGHTS, ZONES, rules
from tests.functions.tasks.test_calendar_imports import bring, told

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\\;,:\""),
    min_size=1,
    max_size=60,
).map(str.strip).filter(bool)  # fmt: skip
LOCALS = st.lists(NIGHTS, max_size=3, unique=True)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """An assignment, a lecture and a study session, series or not."""
    zone, start = draw(ZONES), draw(NIGHTS)
    rule = draw(st.none() | rules())
    dates = {"exdates": draw(LOCALS), "rdates": draw(LOCALS)} if rule else {}
    on = draw(st.none() | st.dates(date(2026, 6, 1), date(2027, 6, 1)))
    return {
        "lecture": {"title": draw(WORDS), "start_local": start, "timezone": zone,
                    "recurrence": rule, "duration_minutes": draw(st.integers(1, 1440)),
                    "location": draw(WORDS), "description": draw(WORDS), **dates},
        "assignment": {"title": draw(WORDS), "due_on": on, "timezone": "UTC" if on else zone,
                       "due_at": draw(NIGHTS), "recurrence": draw(st.none() | rules())},
        "session": {"topic": draw(WORDS), "starts_at": draw(NIGHTS),
                    "minutes": draw(st.none() | st.integers(1, 300))},
    }  # fmt: skip


def plant(campus: Campus, user: User, plan: dict[str, Any]) -> None:
    """The items of a plan, made behind the back of the plan's limits."""
    lecture, due, session = plan["lecture"], dict(plan["assignment"]), dict(plan["session"])
    zone = ZoneInfo(due["timezone"])
    local = datetime.combine(due["due_on"], datetime.max.time()) if due["due_on"] else due["due_at"]
    due["due_at"] = instant(local.replace(microsecond=0), zone)
    begins = session["starts_at"].replace(tzinfo=UTC)
    minutes = session.pop("minutes")
    session |= {"starts_at": begins,
                "ends_at": begins + timedelta(minutes=minutes) if minutes else None}  # fmt: skip
    at = instant(lecture["start_local"], ZoneInfo(lecture["timezone"]))
    lecture = {**lecture, "course_id": uuid7(), "starts_at": at}
    for kind, row in (("lecture", lecture), ("assignment", due), ("study_session", session)):
        row = {"id": uuid7(), "user_id": user.id, **row}
        names, holes = ", ".join(row), ", ".join(f"%({name})s" for name in row)
        campus.admin.execute(f"insert into {kind} ({names}) values ({holes})", row)
        if kind != "study_session":
            campus.admin.execute("select plan_item(%s, %s, %s)", (kind, row["id"], user.id))


def differ(campus: Campus, user: User, data: st.DataObject) -> None:
    """Cancel, move and rename some occurrences that are near."""
    ids = campus.rows(
        "select o.lecture_id, o.recurrence_id from occurrence as o join lecture as l"
        " on l.id = o.lecture_id where o.user_id = %s and (l.recurrence is not null or"
        " l.rdates <> '{}') and abs(extract(epoch from o.starts_at - now())) < 390 * 86400"
        " order by 2", user.id,
    )  # fmt: skip
    changes: list[dict[str, Any]] = [
        {"status": "cancelled"}, {"title": "Elsewhere", "location": ""}, {"duration_minutes": 7},
    ]  # fmt: skip
    for change in changes:
        if ids and data.draw(st.booleans()):
            lecture, at = data.draw(st.sampled_from(ids))
            campus.admin.execute(
                "select change_occurrence('lecture', %s, %s, %s, %s, null)",
                (lecture, user.id, at, Jsonb(change)),
            )


def agenda(campus: Campus, user: UUID) -> list[tuple[Any, ...]]:
    """What takes place or is due within the window of both accounts, and how it is told."""
    return campus.rows(
        """
        select kind, case status when 'planned' then title end as title,
               case status when 'planned' then location end as location, status, starts_at,
               case status when 'planned' then ends_at end as ends_at, null::date as day
          from planned_occurrence
         where user_id = %(user)s and abs(extract(epoch from starts_at - now())) < 390 * 86400
        union all
        select 'assignment', title, '', description, due_at, due_at, due_on from assignment
         where user_id = %(user)s and recurrence is null and rdates = '{}'
        union all
        select 'study_session', topic, notes, status, starts_at, coalesce(ends_at, starts_at), null
          from study_session where user_id = %(user)s
         order by 1, 5, 2, 6""",
        {"user": user},
    )


@settings(max_examples=30, deadline=None)
@given(plan=plans(), data=st.data())
def test_a_calendar_means_the_same_to_another_account(
    campus: Campus, plan: dict[str, Any], data: st.DataObject
):
    author, reader = campus.user(), campus.user()
    plant(campus, author, plan)
    differ(campus, author, data)
    text = fetch(campus, feed(campus, author)["token"]).text
    given = {"courseId": str(course(campus, reader))}
    first = bring(campus, reader, text, **given)
    assert first["skipped"] == 0, first
    assert agenda(campus, reader.id) == agenda(campus, author.id)
    again = bring(campus, reader, text, **given)
    assert again["created"] == again["updated"] == again["skipped"] == 0
    own = told(bring(campus, author, text))
    assert set(own) <= {"own"}
