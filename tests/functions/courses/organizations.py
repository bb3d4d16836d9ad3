"""Organizations with members of every role, for the tests of courses."""

from shared.ids import uuid7
from tests.campus import Answer, Campus, User

ROLES = ("owner", "admin", "instructor", "student")


def found(campus: Campus, user: User, **fields: object) -> dict:
    """A new organization of `user`."""
    answer = campus.call("POST", "/v2/organizations", user, {"name": "Logic Club", **fields})
    assert answer.status == 201, answer.text
    return answer.data


def join(campus: Campus, organization: dict, user: User, role: str) -> str:
    """A membership, as an accepted invitation makes it. Returns its id."""
    made = str(uuid7())
    campus.admin.execute(
        "insert into membership (id, organization_id, owner_id, user_id, role)"
        " select %s, id, user_id, %s, %s from organization where id = %s",
        (made, user.id, role, organization["id"]),
    )
    return made


def staffed(campus: Campus) -> tuple[dict, dict[str, User], dict[str, str]]:
    """An organization, somebody of each role (and a stranger), and their memberships' ids."""
    people = {role: campus.user() for role in (*ROLES, "stranger")}
    organization = found(campus, people["owner"])
    members = {
        role: join(campus, organization, people[role], role) for role in ROLES if role != "owner"
    }
    [[own]] = campus.rows(
        "select id::text from membership where user_id = %s and organization_id = %s",
        people["owner"].id,
        organization["id"],
    )
    return organization, people, {**members, "owner": own}


def once(method: str, path: str, campus: Campus, user: User, body: object = None) -> Answer:
    """A call with a fresh idempotency key."""
    return campus.call(method, path, user, body, {"Idempotency-Key": str(uuid7())})
