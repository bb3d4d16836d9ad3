"""Authenticated unless declared public: every route, every kind of credential."""

import time

import pytest

from tests.campus import Campus, sign, somewhere, token
from tests.proofs.routes import every_route, path_of, route_id

ROUTES = every_route()
CLOSED = [item for item in ROUTES if item[2].access == "user"]
# What may be open, by path. A new open route has to be added here, on purpose.
OPEN_PREFIXES = ("/auth/", "/usernames/", "/health", "/version", "/docs", "/openapi.json",
                 "/status", "/webhooks/", "/unsubscribe/")  # fmt: skip


@pytest.mark.parametrize(("domain", "version", "route"), ROUTES, ids=route_id)
def test_a_route_is_closed_unless_it_is_on_the_list(domain, version, route):
    if route.access != "user":
        assert route.path.startswith(OPEN_PREFIXES), f"{route.path} declares {route.access}"


@pytest.mark.parametrize(("domain", "version", "route"), CLOSED, ids=route_id)
def test_a_closed_route_refuses_every_wrong_credential(campus: Campus, domain, version, route):
    path, now = path_of(version, route), int(time.time())
    good = token("somebody")
    wrong = {
        "none": {},
        "expired": {"authorization": "Bearer " + token("s", exp=now - 1)},
        "id token": {"authorization": "Bearer " + token("s", token_use="id")},
        "other client": {"authorization": "Bearer " + token("s", client_id="other")},
        "other issuer": {"authorization": "Bearer " + token("s", iss="https://evil.example")},
        "no exp": {"authorization": "Bearer " + token("s", exp=None)},
        "string exp": {"authorization": "Bearer " + token("s", exp="9999999999")},
        "alg none": {"authorization": "Bearer " + sign({"alg": "none", "kid": "campus-test"}, {})},
        "altered": {"authorization": "Bearer " + good[:-4] + "AAAA"},
        "api key": {"x-api-key": "campus_abcdefgh_" + "A" * 43 + "_00000000"},
        "both": {"authorization": "Bearer " + good, "x-api-key": "x"},
    }
    for kind, headers in wrong.items():
        campus.address = somewhere()  # bad credentials are counted by address
        answer = campus.call(route.method, path, None, headers=headers)
        assert answer.status == 401, f"{route.path} accepts {kind}: {answer.status}"


@pytest.mark.parametrize(("domain", "version", "route"), CLOSED, ids=route_id)
def test_a_suspended_account_is_refused_at_once(campus: Campus, domain, version, route):
    user = campus.user(role="admin")
    campus.admin.execute(
        "update app_user set account_status = 'suspended' where id = %s", (user.id,)
    )
    headers = {"Idempotency-Key": "k"}
    answer = campus.call(
        route.method, path_of(version, route), user, {} if route.body else None, headers
    )
    assert (answer.status, answer.error) == (403, "ACCOUNT_SUSPENDED")


@pytest.mark.parametrize(
    ("domain", "version", "route"), [item for item in CLOSED if item[2].roles], ids=route_id
)
def test_a_route_with_roles_refuses_ordinary_users(campus: Campus, domain, version, route):
    user = campus.user()
    answer = campus.call(
        route.method,
        path_of(version, route),
        user,
        {} if route.body else None,
        {"Idempotency-Key": "k"},
    )
    assert (answer.status, answer.error) == (403, "FORBIDDEN")
