"""Five failures in a row lock an address for 15 minutes, whether or not it has an account."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.campus import Campus, somewhere
from tests.functions.users.conftest import Someone

WRONG = "Wrong-horse-1"


def wait(campus: Campus, email: str, minutes: int) -> None:
    """Let time pass for an address."""
    campus.admin.execute(
        "update login_attempt set attempted_at = attempted_at - make_interval(mins => %s),"
        " locked_until = locked_until - make_interval(mins => %s) where key = %s",
        (minutes, minutes, hashlib.sha256(f"sign-in|{email}".encode()).digest()),
    )


@pytest.fixture(params=["known", "unknown"])
def target(someone: Someone, request: pytest.FixtureRequest) -> Someone:
    return someone.joins() if request.param == "known" else someone


def test_the_sixth_attempt_is_refused_before_the_pool_is_asked(target: Someone):
    answers = [target.signs_in(WRONG) for _ in range(5)]
    assert [(a.status, a.error) for a in answers] == [(401, "INVALID_CREDENTIALS")] * 5
    asked = len(target.pool.calls)
    locked = target.signs_in()
    assert (locked.status, locked.error) == (429, "ACCOUNT_LOCKED")
    assert 890 <= int(locked.headers["Retry-After"]) <= 900
    assert len(target.pool.calls) == asked


def test_all_failures_look_alike(campus: Campus, someone: Someone):
    unknown = someone.signs_in(WRONG)
    someone.signs_up()
    unconfirmed = someone.signs_in()
    someone.does("confirm", code="111111")
    wrong = someone.signs_in(WRONG)
    errors = [answer.json["error"] for answer in (unknown, unconfirmed, wrong)]
    assert errors[0] == errors[1] == errors[2]
    assert unknown.headers["WWW-Authenticate"] == "Bearer"


def test_the_lock_ends_by_itself(campus: Campus, someone: Someone):
    someone.joins()
    for _ in range(5):
        someone.signs_in(WRONG)
    wait(campus, someone.email, 14)
    assert someone.signs_in().status == 429
    wait(campus, someone.email, 2)
    assert someone.signs_in().status == 200


def test_a_success_forgives(campus: Campus, someone: Someone):
    someone.joins()
    for _ in range(4):
        someone.signs_in(WRONG)
    assert someone.signs_in().status == 200
    campus.address = somewhere()
    assert [someone.signs_in(WRONG).status for _ in range(5)] == [401] * 5


def test_failures_fade_after_15_quiet_minutes(campus: Campus, someone: Someone):
    someone.joins()
    for _ in range(4):
        someone.signs_in(WRONG)
    wait(campus, someone.email, 16)
    assert [someone.signs_in(WRONG).status for _ in range(4)] == [401] * 4


def test_a_reset_password_unlocks(someone: Someone):
    someone.joins()
    for _ in range(5):
        someone.signs_in(WRONG)
    someone.does("forgot-password")
    assert someone.does("reset-password", code="222222", password="New-horse-99").status == 204
    assert someone.signs_in("New-horse-99").status == 200


def test_parallel_guesses_do_not_outrun_the_count(someone: Someone):
    someone.joins()
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: someone.signs_in(WRONG).status, range(9)))
    assert sorted(statuses) == [401] * 5 + [429] * 4


def test_the_owner_sees_sign_ins_and_failures(campus: Campus, someone: Someone):
    someone.joins().signs_in(WRONG)
    user = someone.user()
    listed = campus.call("GET", "/v2/users/me/login-history", user).data
    assert [item["outcome"] for item in listed] == ["succeeded", "failed"]
    assert listed[0]["userAgent"] == "tests"
    old = campus.call("GET", "/v1/users/me/login-history", user).json
    assert [item["success"] for item in old["data"]] == [True, False]
    assert old["data"][0]["ip_address"] == campus.address
    assert old["pagination"]["total"] == 2
    assert campus.call("GET", "/v2/users/me/login-history", campus.user()).data == []


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_an_account_out_of_use_gets_no_tokens(campus: Campus, someone: Someone, status: str):
    someone.joins()
    campus.admin.execute(
        "update app_user set account_status = %s where email = %s", (status, someone.email)
    )
    answer = someone.signs_in()
    expected = {"suspended": (403, "ACCOUNT_SUSPENDED"), "deleted": (401, "INVALID_CREDENTIALS")}
    assert (answer.status, answer.error) == expected[status]
    assert someone.pool.sessions == {}


def test_old_attempts_and_history_are_forgotten(campus: Campus, someone: Someone):
    someone.joins().signs_in(WRONG)
    user = someone.user()
    someone.signs_in(WRONG)
    wait(campus, someone.email, 60 * 25)
    campus.admin.execute(
        "update sign_in set occurred_at = now() - interval '91 days' where user_id = %s"
        " and outcome = 'succeeded'",
        (user.id,),
    )
    counts = campus.run("users", "forget_old_sign_ins")
    assert counts["attempts"] >= 1
    assert counts["sign_ins"] >= 1
    left = campus.rows("select outcome from sign_in where user_id = %s", user.id)
    assert left == [("failed",)] * 2
