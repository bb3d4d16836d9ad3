"""The authorization matrix: every route against every kind of caller, by the table `access.txt`."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

import pytest

from shared import limits
from shared.routing import Route
from shared.signing import signature
from tests.campus import Answer, Campus, User, token
from tests.proofs.access import TABLE, Row, declared, rows
from tests.proofs.routes import every_route, path_of, route_id

ROUTES = every_route()
ROWS = rows()
CLOSED = [item for item in ROUTES if item[2].access == "user"]
REFUSALS = ("UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED", "FORBIDDEN", "ACCOUNT_SUSPENDED",
            "REAUTHENTICATION_REQUIRED")  # fmt: skip
TAGS = sorted({item[2].tag for item in CLOSED})
MINUTES = 60
# All share the gate: every caller asks one route of each kind, and the others are asked by one
# caller for each reason to be refused.
ASK_EVERYWHERE = ("nobody", "user", "suspended", "signed in long ago", "key that reads")
EXAMPLES = {
    (row.who, row.scope, row.critical, row.method): (version, row.method, row.path)
    for _, version, route in reversed(CLOSED)
    if version != "v1" and (row := declared(route))
}


@dataclass(frozen=True)
class Caller:
    """A kind of caller: its credentials, and what they are worth."""

    credentials: dict[str, str] | User
    role: str = "admin"
    account: str = "active"
    scopes: tuple[str, ...] | None = None
    signing_secret: str = ""
    recent: bool = True
    valid: bool = True

    @property
    def headers(self) -> dict[str, str]:
        return self.credentials.headers if isinstance(self.credentials, User) else self.credentials


@pytest.fixture(scope="module")
def callers(campus: Campus) -> dict[str, Caller]:
    """Every kind of caller; the right role, so that nothing but its kind can be the reason."""
    admin = campus.user(role="admin")
    found = {"nobody": Caller({}, valid=False)}
    for role in ("user", "support", "admin"):
        found[role] = Caller(campus.user(role=role), role)
    for status in ("suspended", "pending_deletion", "deleted"):
        found[status] = Caller(account(campus, status), account=status)
    old = token(admin.subject, auth_time=int(time.time()) - 6 * MINUTES)
    found["signed in long ago"] = Caller({"authorization": f"Bearer {old}"}, recent=False)
    for name, claims in {"id token": {"token_use": "id"}, "expired token": {"exp": 1}}.items():
        wrong = token(admin.subject, **claims)
        found[name] = Caller({"authorization": f"Bearer {wrong}"}, valid=False)
    found |= keys(campus, admin)
    return found


def keys(campus: Campus, admin: User) -> dict[str, Caller]:
    """Kinds of API keys."""
    reading, writing = (tuple(f"{tag}:{kind}" for tag in TAGS) for kind in ("read", "write"))
    user = campus.user()
    found = {
        "key of a user": key(campus, user, "*"),
        "key for everything": key(campus, admin, "*"),
        "key that reads": key(campus, admin, *reading[:20]),
        "key that writes": key(campus, admin, *writing[:20]),
    }
    for status in ("suspended", "pending_deletion", "deleted"):
        person = campus.user(role="admin")
        made = key(campus, person, "*")
        set_account(campus, person, status)
        found[f"key of a {status} account"] = Caller(
            made.headers, account=status, scopes=("*",), signing_secret=made.signing_secret
        )
    for change in ("expires_at = now()", "revoked_at = now()"):
        gone = key(campus, admin, "*")
        campus.admin.execute(
            f"update api_key set {change} where prefix = %s", (gone.headers["x-api-key"][7:15],)
        )
        found[f"key with {change}"] = Caller(gone.headers, scopes=("*",), valid=False)
    return found


def key(campus: Campus, user: User, *scopes: str) -> Caller:
    body = {"name": "matrix", "scopes": list(scopes)}
    made = campus.call("POST", "/v2/users/me/api-keys", user, body).data
    role = campus.rows("select role from app_user where id = %s", user.id)[0][0]
    return Caller({"x-api-key": made["key"]}, role, "active", scopes, made["signingSecret"])


def account(campus: Campus, status: str) -> User:
    user = campus.user(role="admin")
    set_account(campus, user, status)
    return user


def set_account(campus: Campus, user: User, status: str) -> None:
    campus.admin.execute("update app_user set account_status = %s where id = %s", (status, user.id))


def expected(row: Row, caller: Caller, *, signed: bool) -> tuple[str, ...]:
    """The codes that refuse this caller here; none when it is to be let in."""
    if not caller.valid:
        return ("UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED")
    if caller.account == "suspended":
        return ("ACCOUNT_SUSPENDED",)
    if caller.account != "active" or not row.permits(caller.role):
        return ("FORBIDDEN",)
    if caller.scopes is not None:
        lacking = not {"*", row.scope} & set(caller.scopes)
        return ("FORBIDDEN",) if lacking or (row.critical and not signed) else ()
    return ("REAUTHENTICATION_REQUIRED",) if row.critical and not caller.recent else ()


def call(campus: Campus, version: str, route: Route, caller: Caller, *, signed: bool) -> Answer:
    headers = {"Idempotency-Key": secrets.token_hex(8), **caller.headers}
    raw = b"{}" if route.body else b""
    if signed and caller.signing_secret:
        nonce, now = secrets.token_hex(8), str(int(time.time()))
        proof = signature(caller.signing_secret.encode(), now, nonce, raw)
        headers |= {"X-Nonce": nonce, "X-Timestamp": now, "X-Signature": proof}
    return campus.call(
        route.method, path_of(version, route), raw=raw if route.body else None, headers=headers
    )


@pytest.mark.parametrize(("domain", "version", "route"), ROUTES, ids=route_id)
def test_every_route_is_what_the_table_says(domain: str, version: str, route: Route):
    row = declared(route)
    assert ROWS.get((route.method, route.path)) == row, f"review and put into {TABLE}:\n{row}"


def test_the_table_has_no_row_without_a_route():
    assert set(ROWS) == {(route.method, route.path) for _, _, route in ROUTES}


@pytest.mark.parametrize(("domain", "version", "route"), CLOSED, ids=route_id)
def test_a_route_lets_in_whom_the_table_names_and_nobody_else(
    campus: Campus,
    callers: dict[str, Caller],
    monkeypatch: pytest.MonkeyPatch,
    domain: str,
    version: str,
    route: Route,
):
    for name in ("BY_TIER", "BY_KIND"):
        monkeypatch.setattr(limits, name, dict.fromkeys(getattr(limits, name), 10**9))
    row = ROWS[route.method, route.path]
    for kind, caller in callers.items():
        example = (version, route.method, route.path) in EXAMPLES.values()
        if not example and kind not in ASK_EVERYWHERE:
            continue
        for signed in (False, True) if caller.signing_secret and row.critical else (False,):
            answer = call(campus, version, route, caller, signed=signed)
            codes = expected(row, caller, signed=signed)
            where = f"{row}: {kind}, signed={signed}: {answer.status} {answer.text[:200]}"
            if codes:
                assert answer.status in (401, 403), where
                assert answer.error in codes, where
            else:
                assert answer.status < 400 or answer.error not in REFUSALS, where


@pytest.mark.parametrize(
    ("domain", "version", "route"),
    [item for item in ROUTES if item[2].access == "public"],
    ids=route_id,
)
def test_an_open_route_asks_for_nothing(campus: Campus, domain: str, version: str, route: Route):
    answer = call(campus, version, route, Caller({}), signed=False)
    assert answer.status < 400 or answer.error not in REFUSALS


def test_expectations_are_not_all_the_same(callers: dict[str, Caller]):
    outcomes: dict[str, Any] = {}
    for row in ROWS.values():
        for kind, caller in callers.items():
            if not row.is_open:
                outcomes.setdefault(kind, set()).add(expected(row, caller, signed=False))
    assert outcomes["admin"] == {()}
    assert outcomes["user"] == outcomes["key of a user"] == {(), ("FORBIDDEN",)}
    assert outcomes["key that reads"] == {(), ("FORBIDDEN",)}
    assert outcomes["nobody"] == {("UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED")}
