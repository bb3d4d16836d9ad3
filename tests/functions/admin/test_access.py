"""Who may do what of admin."""

import pytest

from tests.campus import Campus
from tests.functions.admin.conftest import REASON

NOBODY = "01a1fcdd-24ce-7ede-a335-000000000001"
READS = ["/v2/admin/users", f"/v2/admin/users/{NOBODY}"]
CLOSED = ["/v2/admin/audit-entries", "/v2/admin/dead-letters"]
CHANGES = [
    f"/v2/admin/users/{NOBODY}/suspend",
    f"/v2/admin/users/{NOBODY}/unsuspend",
    "/v2/admin/dead-letters/tasks/replay",
    "/v2/admin/dead-letters/tasks/replay?dryRun=true",
]
ALLOWED = {"support": READS, "admin": READS + CLOSED + CHANGES}


@pytest.mark.parametrize("path", READS + CLOSED + CHANGES)
@pytest.mark.parametrize("role", ["anonymous", "user", "support", "admin"])
def test_a_role_does_what_it_may(campus: Campus, role: str, path: str):
    method, body = ("POST", REASON) if path in CHANGES else ("GET", None)
    caller = None if role == "anonymous" else campus.user(role=role)
    answer = campus.call(method, path, caller, body)
    if role == "anonymous":
        assert (answer.status, answer.error) == (401, "UNAUTHORIZED")
    elif path in ALLOWED.get(role, []):
        assert answer.status in (200, 404), answer.text
    else:
        assert (answer.status, answer.error) == (403, "FORBIDDEN")


@pytest.mark.parametrize("path", READS + CLOSED)
def test_admin_is_new_with_v2(campus: Campus, admin, path: str):
    assert campus.call("GET", path.replace("/v2/", "/v1/"), admin).status == 404


def test_the_trail_cannot_be_changed_by_any_role_of_a_function(campus: Campus):
    for role in ("campus_app", "campus_system", "campus_support"):
        may = campus.rows(
            "select has_table_privilege(%s, 'admin_action', 'update, delete, truncate')", role
        )
        assert may == [(False,)], role
