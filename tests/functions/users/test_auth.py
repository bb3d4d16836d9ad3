"""Signing up, confirming, tokens and passwords."""

import pytest

from tests.campus import Campus, User, context
from tests.functions.users.conftest import PASSWORD, Someone
from tests.functions.users.stand_in import StandInPool, confirmation


def accounts(campus: Campus, email: str) -> int:
    return campus.rows("select count(*) from app_user where email = %s", email)[0][0]


def created(campus: Campus, email: str) -> list[tuple]:
    return campus.rows(
        "select e.actor_type, e.correlation_id from event e join app_user u on u.id = e.user_id"
        " where u.email = %s and e.type = 'user.created'",
        email,
    )


def test_a_confirmed_person_has_one_account_told_once(campus: Campus, someone: Someone):
    someone.joins()
    assert accounts(campus, someone.email) == 1
    assert len(created(campus, someone.email)) == 1
    user = someone.user()
    me = campus.call("GET", "/v2/users/me", user)
    assert (me.data["firstName"], me.data["email"]) == ("Ada", someone.email)
    assert campus.types(user) == ["user.created"]


def test_the_trigger_and_the_route_act_under_one_correlation_id(campus: Campus, someone: Someone):
    someone.signs_up()
    answer = someone.does("confirm", code="111111")
    assert created(campus, someone.email) == [("user", answer.headers["X-Correlation-Id"])]


def test_without_a_trigger_the_route_makes_the_account(campus: Campus, someone: Someone):
    someone.pool.trigger = None
    someone.joins()
    assert len(created(campus, someone.email)) == 1


def test_a_trigger_that_fails_does_not_stop_the_confirmation(campus: Campus, someone: Someone):
    def fail(event: object, context: object) -> None:
        raise RuntimeError

    someone.pool.trigger = fail
    someone.joins()
    assert len(created(campus, someone.email)) == 1


def test_a_repeated_trigger_changes_nothing(campus: Campus, someone: Someone):
    someone.joins()
    event = confirmation(someone.pool.members[someone.email], {})
    assert campus.handlers["users"](event, context()) == event
    assert len(created(campus, someone.email)) == 1


def test_other_triggers_pass_unchanged(campus: Campus):
    event = {"triggerSource": "PostConfirmation_ConfirmForgotPassword", "request": {}}
    assert campus.handlers["users"](event, None) == event


def test_a_wrong_code_is_named_and_makes_nothing(campus: Campus, someone: Someone):
    someone.signs_up()
    answer = someone.does("confirm", code="999999")
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"]["errors"][0]["pointer"] == "/code"
    assert accounts(campus, someone.email) == 0


def test_signing_up_says_the_same_for_known_addresses(campus: Campus, someone: Someone):
    first = someone.signs_up()
    someone.does("confirm", code="111111")
    again = someone.signs_up("Another-horse-2")
    assert first.status == again.status == 201
    assert first.json == again.json
    assert someone.signs_in().status == 200


def test_an_address_that_was_never_confirmed_can_be_signed_up_anew(someone: Someone):
    someone.signs_up("Strangers-choice-1")
    someone.joins()
    assert someone.signs_in("Strangers-choice-1").status == 401
    assert someone.signs_in().status == 200


@pytest.mark.parametrize(
    "password", ["Short-1", "no-upper-case-1", "NO-LOWER-CASE-1", "No-digit-here", "NoSymbol123"]
)
def test_weak_passwords_are_refused(someone: Someone, password: str):
    answer = someone.signs_up(password)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"]["errors"][0]["pointer"] == "/password"
    assert someone.pool.calls == []


def test_the_pools_own_rules_for_passwords_are_named(someone: Someone):
    answer = someone.signs_up("Too-weak-for-it-1")
    assert answer.json["error"]["details"]["errors"][0]["pointer"] == "/password"


@pytest.mark.parametrize(
    "email",
    ["no-at", "a@b", "a b@example.com", "a@example..com", "ä@example.com", "a@-x.com", "a\0@b.de"],
)
def test_what_is_no_address_is_refused(someone: Someone, email: str):
    someone.email = email
    assert someone.signs_up().status == 422
    assert someone.pool.calls == []


def test_case_in_an_address_makes_no_difference(someone: Someone):
    someone.joins()
    someone.email = someone.email.upper()
    assert someone.signs_in().status == 200


def test_v1_speaks_snake_case(campus: Campus, someone: Someone):
    body = {"email": someone.email, "password": PASSWORD, "first_name": "Ada", "last_name": "L"}
    made = campus.call("POST", "/v1/auth/sign-up", None, body)
    assert (made.status, made.json["success"]) == (201, True)
    someone.does("confirm", code="111111")
    answer = campus.call(
        "POST", "/v1/auth/sign-in", None, {"email": someone.email, "password": PASSWORD}
    )
    assert set(answer.data) == {"access_token", "refresh_token", "expires_in", "token_type"}
    weak = campus.call("POST", "/v1/auth/sign-up", None, {**body, "first_name": " "})
    assert weak.status == 400
    assert weak.json["error"]["details"]["errors"][0]["pointer"] == "/first_name"


def test_a_refresh_token_rotates(campus: Campus, someone: Someone):
    first = someone.joins().signs_in().data
    assert (first["expiresIn"], first["tokenType"]) == (900, "Bearer")
    renew = {"refreshToken": first["refreshToken"]}
    second = campus.call("POST", "/v2/auth/refresh", None, renew)
    assert second.data["refreshToken"] != first["refreshToken"]
    reused = campus.call("POST", "/v2/auth/refresh", None, renew)
    assert (reused.status, reused.error) == (401, "INVALID_TOKEN")


def test_signing_out_ends_the_session_and_may_be_repeated(campus: Campus, someone: Someone):
    renew = {"refreshToken": someone.joins().signs_in().data["refreshToken"]}
    for _ in range(2):
        assert campus.call("POST", "/v2/auth/sign-out", None, renew).status == 204
    assert campus.call("POST", "/v2/auth/refresh", None, renew).status == 401


def test_a_forgotten_password_is_replaced_and_every_session_ends(campus: Campus, someone: Someone):
    session = someone.joins().signs_in().data["refreshToken"]
    assert someone.does("forgot-password").status == 204
    wrong = someone.does("reset-password", code="999999", password="New-horse-99")
    assert (wrong.status, wrong.error) == (422, "VALIDATION_ERROR")
    assert someone.does("reset-password", code="222222", password="New-horse-99").status == 204
    assert campus.call("POST", "/v2/auth/refresh", None, {"refreshToken": session}).status == 401
    assert someone.signs_in("New-horse-99").status == 200


@pytest.mark.parametrize("what", ["forgot-password", "verify-email"])
def test_asking_for_a_code_tells_nothing(campus: Campus, someone: Someone, what: str):
    unknown = someone.does(what)
    known = someone.joins().does(what)
    assert (unknown.status, unknown.text) == (known.status, known.text) == (204, "")


def test_the_code_can_be_mailed_again(someone: Someone):
    someone.signs_up()
    assert someone.does("verify-email").status == 204
    assert someone.pool.mails == [(someone.email, "111111")] * 2


def test_a_password_is_changed_with_the_current_one(campus: Campus, someone: Someone):
    user = someone.joins().user()
    body = {"currentPassword": "Wrong-horse-1", "newPassword": "New-horse-99"}
    wrong = campus.call("POST", "/v2/auth/change-password", user, body)
    assert wrong.status == 422
    assert wrong.json["error"]["details"]["errors"][0]["pointer"] == "/currentPassword"
    body["currentPassword"] = PASSWORD
    assert campus.call("POST", "/v2/auth/change-password", user, body).status == 204
    assert someone.pool.sessions == {}
    assert someone.signs_in("New-horse-99").status == 200


def test_guessing_the_current_password_locks_too(campus: Campus, someone: Someone):
    user = someone.joins().user()
    body = {"currentPassword": "Wrong-horse-1", "newPassword": "New-horse-99"}
    answers = [campus.call("POST", "/v2/auth/change-password", user, body) for _ in range(6)]
    assert [answer.status for answer in answers] == [422] * 5 + [429]


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        ("InternalErrorException", 502, "EXTERNAL_SERVICE_ERROR"),
        ("TooManyRequestsException", 503, "SERVICE_UNAVAILABLE"),
    ],
)
def test_a_pool_in_trouble_is_not_the_callers_fault(
    someone: Someone, failure: str, status: int, code: str
):
    someone.joins()
    someone.pool.failure = failure
    for _ in range(6):
        answer = someone.signs_in()
        assert (answer.status, answer.error) == (status, code)
    someone.pool.failure = None
    assert someone.signs_in().status == 200


def test_calls_count_for_account_and_address(campus: Campus, pool: StandInPool, someone: Someone):
    answers = [someone.does("forgot-password") for _ in range(11)]
    assert [answer.status for answer in answers] == [204] * 10 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"auth-account";q=10;w=60'
    assert len(pool.calls) == 10


def test_an_api_key_cannot_change_the_password(campus: Campus, user: User, pool: StandInPool):
    body = {"name": "k", "scopes": ["*"]}
    key = campus.call("POST", "/v2/users/me/api-keys", user, body).data["key"]
    change = {"currentPassword": PASSWORD, "newPassword": "New-horse-99"}
    answer = campus.call("POST", "/v2/auth/change-password", None, change, {"X-API-Key": key})
    assert (answer.status, answer.error) == (403, "FORBIDDEN")
    assert pool.calls == []
