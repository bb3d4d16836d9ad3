"""Nobody writes what is not theirs to write: fields beyond a route's own are refused, never stored.

A body that a route takes is sent with every name of a column that a client must not set. The newest
version refuses each of them; an older one ignores them, and nothing of them may be found later.
"""

import json
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from shared import limits
from shared.models import Model
from shared.routing import Route
from tests.campus import Campus, User
from tests.proofs.routes import every_route, path_of, route_id
from tests.things import body_for

BODIES = [item for item in every_route() if item[2].body]
MODELS = list({item[2].body[1].__name__: item[2].body[1] for item in BODIES}.values())
STRANGER = "00000000-0000-7000-8000-00000000dead"
FORBIDDEN: dict[str, Any] = {
    "id": STRANGER, "userId": STRANGER, "user_id": STRANGER, "ownerId": STRANGER,
    "organizationId": STRANGER, "deletionId": STRANGER, "deletedBy": STRANGER,
    "deletedAt": "2020-01-01T00:00:00Z", "createdAt": "2020-01-01T00:00:00Z",
    "updatedAt": "2020-01-01T00:00:00Z", "version": 77, "role": "admin", "tier": "premium",
    "subscriptionTier": "premium", "subscription_tier": "premium", "accountStatus": "active",
    "emailVerifiedAt": "2020-01-01T00:00:00Z", "keyHash": "00", "completedAt": None,
    "source": "job", "isAdmin": True, "__proto__": {"role": "admin"}, "stripeCustomerId": "x",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))
    for name in ("AUTH_PER_ADDRESS", "AUTH_PER_ACCOUNT", "PER_ADDRESS"):
        monkeypatch.setattr(limits, name, 10**9)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_body_without_additions_is_one_that_a_route_takes(model: type[Model]):
    made = model.model_validate_json(json.dumps(body_for(model)), by_alias=True, by_name=False)
    assert made.model_fields_set


@pytest.mark.parametrize(
    ("domain", "version", "route"), [item for item in BODIES if item[1] != "v1"], ids=route_id
)
def test_no_field_can_be_added(campus: Campus, user: User, domain: str, version: str, route: Route):
    model = route.body[1]
    own = {info.alias for info in model.model_fields.values()}
    added = {name: value for name, value in FORBIDDEN.items() if to_camel(name) not in own}
    caller = campus.user(role="admin") if route.roles else user
    body, headers = {**body_for(model), **added}, {"Idempotency-Key": "add"}
    answer = campus.call(route.method, path_of(version, route), caller, body, headers)
    assert answer.status == 422, f"{route.path}: {answer.status} {answer.text}"
    refused = {found["pointer"] for found in answer.json["error"]["details"]["errors"]}
    assert refused == {f"/{name}" for name in added}


@pytest.mark.parametrize(
    ("domain", "version", "route"),
    [item for item in BODIES if item[1] == "v1" and item[2].access == "user"],
    ids=route_id,
)
def test_what_an_older_version_ignores_is_not_stored(
    campus: Campus, user: User, domain: str, version: str, route: Route
):
    course = campus.call("POST", "/v2/courses", user, {"title": "Logic"}).data["id"]
    body = {
        "course_name": "Logic", "title": "Logic", "topic": "Logic", "lecture_name": "Logic",
        "due_date": "2027-01-01T10:00:00Z", "start_time": "2027-01-01T10:00:00Z",
        "session_date": "2027-01-01T10:00:00Z", "course_id": course, "first_name": "Ada",
        "username": f"ada_{user.id.int % 10**9}", "date_of_birth": "2000-01-01",
        "push_token": f"token-{user.id}",
    }  # fmt: skip
    names = {name: value for name, value in FORBIDDEN.items() if name not in body}
    campus.call(
        route.method, path_of(version, route), user, {**names, **body}, {"Idempotency-Key": "all"}
    )
    assert traces_of(campus, user) == []
    mine = campus.rows(
        "select role, subscription_tier, version from app_user where id = %s", user.id
    )
    assert mine[0][:2] == ("user", "free")
    assert mine[0][2] < 77


def traces_of(campus: Campus, user: User) -> list[str]:
    """Tables in which a value of the attacker's additions can be found."""
    tables = campus.rows(
        "select table_name from information_schema.columns"
        " join pg_tables on schemaname = table_schema and tablename = table_name"
        " where table_schema = 'public' and column_name = 'user_id'"
        " and table_name not like 'event_2%'"
    )
    sought = ("0000dead", "2020-01-01", '"job"', ",job,")
    condition = " or ".join(f"t::text like '%%{text}%%'" for text in sought)
    return [
        name
        for (name,) in tables
        if campus.rows(f"select 1 from {name} t where user_id = %s and ({condition})", user.id)
    ]
