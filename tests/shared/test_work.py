"""Units of work for code without a transaction of its own."""

from datetime import UTC, datetime

import pytest

from events.users import UserOnboarded
from shared.database import database
from shared.errors import Refusal
from shared.facts import Origin
from shared.ids import uuid7
from shared.sql import Statement
from shared.work import Receipt, unit, unit_of_work
from tests.campus import Campus


def told(campus: Campus, origin: Origin) -> list[tuple]:
    return campus.rows(
        "select type, source from event where correlation_id = %s", origin.correlation_id
    )


def test_a_fact_is_committed_with_the_work_and_published(campus: Campus):
    origin = Origin("campus.users", f"req_{uuid7().hex}", user_id=uuid7())
    user_id = origin.user_id
    assert user_id
    result = unit_of_work(
        origin, lambda unit: unit.emit(UserOnboarded(user_id=user_id)) and "done", role="app"
    )
    assert result == "done"
    assert told(campus, origin) == [("user.onboarded", "campus.users")]
    assert campus.bus.waiting[-1]["correlationId"] == origin.correlation_id
    campus.bus.waiting.clear()


def test_a_refusal_leaves_nothing_behind(campus: Campus):
    origin = Origin("campus.users", f"req_{uuid7().hex}", user_id=uuid7())

    def refuse(unit):
        unit.emit(UserOnboarded(user_id=uuid7()))
        raise Refusal("CONFLICT")

    with pytest.raises(Refusal):
        unit_of_work(origin, refuse, role="app")
    assert told(campus, origin) == []


def test_the_role_decides_what_is_visible(campus: Campus):
    read = Statement("peek", "select count(*) from app_user")
    campus.user()
    origin = Origin("campus.users", f"req_{uuid7().hex}")
    seen = {
        role: unit_of_work(origin, lambda unit: unit.db.value(read), role=role)
        for role in ("app", "system")
    }
    assert seen["app"] == 0
    assert seen["system"] > 0


def test_a_reaction_knows_when_the_fact_was(campus: Campus):
    origin = Origin("campus.users", f"req_{uuid7().hex}")
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    receipt = Receipt("users.look_back", uuid7(), long_ago)
    held = database("app")
    assert unit(held, origin, lambda unit: unit.occurred_at, lambda: 25.0, receipt) == long_ago
