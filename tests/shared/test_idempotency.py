"""A request with an Idempotency-Key takes effect once, whatever happens to it."""

import os
import threading

import psycopg
import pytest

from shared.database import Database, database
from tests.campus import Answer, Campus, User

LIST = "/v2/tasks/assignments"
BODY = {"title": "Once", "dueAt": "2027-01-10T10:00:00Z"}


def effects(campus: Campus, user: User) -> tuple[int, int]:
    """Assignments of a user, and how often it was told that one was created."""
    return campus.rows(
        "select (select count(*) from assignment where user_id = %s),"
        " (select count(*) from event where user_id = %s and type = 'assignment.created')",
        user.id,
        user.id,
    )[0]


def test_two_clients_with_one_key_get_one_answer(campus: Campus, premium: User):
    for number in range(10):
        answers: list[Answer] = []
        key = {"Idempotency-Key": f"twins-{number}"}

        def client(key=key, answers=answers):
            answers.append(campus.call("POST", LIST, premium, BODY, key))

        twins = [threading.Thread(target=client) for _ in range(2)]
        for twin in twins:
            twin.start()
        for twin in twins:
            twin.join()
        assert [answer.status for answer in answers] == [201, 201]
        assert answers[0].text == answers[1].text
    assert effects(campus, premium) == (10, 10)


@pytest.mark.parametrize("headers", [{"Idempotency-Key": "k"}, {}], ids=["key", "no key"])
@pytest.mark.parametrize("flush", [1, 2, 3])
def test_a_connection_lost_between_any_steps_is_invisible(
    campus: Campus,
    user: User,
    monkeypatch: pytest.MonkeyPatch,
    flush: int,
    headers: dict[str, str],
):
    """The server's process ends before the n-th flush is begun; the third holds the COMMIT, which
    is not ambiguous when the server had hung up before."""
    original, count = Database.flush, [0]

    def end_backend(held: Database) -> None:
        count[0] += 1
        if count[0] == flush and held.backend_pid:
            campus.admin.execute("select pg_terminate_backend(%s, 5000)", (held.backend_pid,))

    def flaky(self: Database, *commands, **options):
        results = original(self, *commands, **options)
        end_backend(self)
        return results

    database("app").connect()
    end_backend(database("app"))
    monkeypatch.setattr(Database, "flush", flaky)
    answer = campus.call("POST", LIST, user, BODY, headers)
    assert answer.status == 201, answer.text
    assert effects(campus, user) == (1, 1)


@pytest.mark.parametrize("after", [False, True], ids=["commit not done", "commit done"])
def test_an_ambiguous_commit_is_settled_by_the_key(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch, after: bool
):
    """The connection breaks around COMMIT: nobody knows whether it happened."""
    original, failed = Database.flush, []

    def flaky(self: Database, *commands, **options):
        committing = commands[-1][0] == "commit" and len(commands) > 2 and self.committing
        if committing and not failed:
            failed.append(True)
            if after:
                original(self, *commands, **options)
            self.drop()
            raise psycopg.OperationalError("gone")
        return original(self, *commands, **options)

    monkeypatch.setattr(Database, "flush", flaky)
    answer = campus.call("POST", LIST, user, BODY, {"Idempotency-Key": "k"})
    assert failed
    assert answer.status == 201
    assert effects(campus, user) == (1, 1)


def test_without_a_key_an_ambiguous_commit_is_told(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    original = Database.flush

    def flaky(self: Database, *commands, **options):
        if self.committing:
            self.drop()
            raise psycopg.OperationalError("gone")
        return original(self, *commands, **options)

    monkeypatch.setattr(Database, "flush", flaky)
    answer = campus.call("POST", LIST, user, BODY)
    assert (answer.status, answer.error) == (503, "DATABASE_UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_refused_request_keeps_nothing_for_its_key(campus: Campus, user: User):
    key = {"Idempotency-Key": "k"}
    assert campus.call("POST", LIST, user, {"title": "x"}, key).status == 422
    assert campus.call("POST", LIST, user, BODY, key).status == 201


def test_keys_of_two_users_never_meet(campus: Campus, user: User):
    other, key = campus.user(), {"Idempotency-Key": "same"}
    first = campus.call("POST", LIST, user, BODY, key)
    second = campus.call("POST", LIST, other, BODY, key)
    assert second.status == 201
    assert first.data["id"] != second.data["id"]


def test_a_replay_comes_in_the_version_of_the_first_call(campus: Campus, user: User):
    key = {"Idempotency-Key": "k"}
    old = {"title": "Once", "due_date": BODY["dueAt"]}
    first = campus.call("POST", "/v1/tasks/assignments", user, old, key)
    again = campus.call("POST", "/v1/tasks/assignments", user, old, key)
    assert again.text == first.text
    assert again.headers["X-Idempotency-Cached"] == "true"


def test_an_expired_key_may_be_used_again(campus: Campus, user: User):
    key = {"Idempotency-Key": "k"}
    campus.call("POST", LIST, user, BODY, key)
    campus.admin.execute(
        "update idempotency_key set expires_at = now() - interval '1 minute' where user_id = %s",
        (user.id,),
    )
    assert "Idempotency-Replayed" not in campus.call("POST", LIST, user, BODY, key).headers
    assert effects(campus, user)[0] == 2


def test_the_database_down_is_503_and_comes_back_without_a_restart(
    campus: Campus, user: User, monkeypatch: pytest.MonkeyPatch
):
    database("app").drop()
    with monkeypatch.context() as down:
        down.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/none")
        answer = campus.call("GET", LIST, user)
        assert (answer.status, answer.error) == (503, "DATABASE_UNAVAILABLE")
        assert answer.headers["Retry-After"]
    assert os.environ["DATABASE_URL"]
    assert campus.call("GET", LIST, user).status == 200
