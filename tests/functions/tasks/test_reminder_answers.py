"""What a person does about reminders: of an item, and of a single one."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from tests.campus import Answer, Campus, User
from tests.functions.tasks.planning import KINDS, PATHS, SOON, create
from tests.functions.tasks.recalling import schedule, session
from tests.functions.tasks.test_reminder_plans import balance, pending, told
from tests.gateway import context, gateway_event

REMINDERS = "/v2/tasks/reminders"
DAY = timedelta(days=1)


def wire(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def listed(campus: Campus, user: User, query: str = "") -> list[dict[str, Any]]:
    answer = campus.call("GET", f"{REMINDERS}{query}", user)
    assert answer.status == 200, answer.text
    return answer.data


def answered(campus: Campus, user: User, one: str, verb: str, **given: Any) -> Answer:
    body = None if verb == "dismiss" else given
    return campus.call("POST", f"{REMINDERS}/{one}/{verb}", user, body)


def due(campus: Campus, user: User) -> None:
    campus.admin.execute(
        "update reminder set remind_at = now() - interval '1 second'"
        " where user_id = %s and status = 'pending'",
        (user.id,),
    )


def fire(campus: Campus, user: User) -> None:
    """Its time has come, and the clock tells of it."""
    due(campus, user)
    campus.run("notifications", "send_due_reminders")


def notices(campus: Campus, user: User) -> int:
    return campus.rows(
        "select count(*) from notification where user_id = %s and workflow like '%%_reminder'",
        user.id,
    )[0][0]


def states(campus: Campus, user: User) -> set[tuple[str, str | None]]:
    return {(item["state"], item["response"]) for item in listed(campus, user)}


def without_pauses(campus: Campus, user: User) -> None:
    """No mail of theirs waits for the one before it."""
    given = {"cooldownMinutes": 0, "maxPerDay": 50}
    answer = campus.call("PATCH", "/v2/notification-preferences", user, given)
    assert answer.status == 200, answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_has_the_offsets_that_were_put_last(campus: Campus, user: User, kind: str):
    made = create(campus, user, kind)
    path = f"{PATHS[kind]}/{made['id']}/reminders"
    answer = campus.call("PUT", path, user, {"offsets": [60, 5, 60]})
    assert answer.status == 200, answer.text
    found = answer.data
    assert (found["kind"], found["offsets"], found["coming"]) == (kind, [5, 60], 2)
    assert (found["id"], found["version"]) == (made["id"], made["version"] + 1)
    times = [wire(SOON - timedelta(minutes=early)) for early in (60, 5)]
    assert [item["remindAt"] for item in found["reminders"]] == times
    assert {(i["state"], i["occursAt"], i["itemId"]) for i in found["reminders"]} == {
        ("scheduled", wire(SOON), made["id"])
    }
    shown = campus.call("GET", path, user)
    assert shown.data == found
    stale = {"If-Match": answer.headers["ETag"]}
    assert campus.call("PUT", path, user, {"offsets": []}, stale).data["reminders"] == []
    assert campus.call("PUT", path, user, {"offsets": [5]}, stale).status == 412
    assert campus.call("GET", path, campus.user()).status == 404
    assert campus.call("PUT", path, user, {"offsets": [7]}).status == 422


def test_the_plan_limits_what_is_put(campus: Campus, user: User, premium: User):
    for person, status in ((user, 403), (premium, 200)):
        path = f"{PATHS['assignment']}/{create(campus, person)['id']}/reminders"
        before = campus.call("GET", path, person).data
        answer = campus.call("PUT", path, person, {"offsets": [5, 15, 30, 60]})
        assert answer.status == status
        if status == 403:
            assert answer.json["error"]["details"] == {"limit": 3, "used": 4, "resetsAt": None}
            assert campus.call("GET", path, person).data == before


def test_a_series_shows_the_next_of_its_reminders(campus: Campus, user: User):
    made = create(campus, user, "lecture", recurrence="FREQ=DAILY;COUNT=150", reminders=[])
    answer = campus.call(
        "PUT", f"{PATHS['lecture']}/{made['id']}/reminders", user, {"offsets": [30]}
    )
    assert (answer.data["coming"], len(answer.data["reminders"])) == (150, 100)
    assert balance(campus, user) == len(pending(campus, user)) == 150


def test_all_reminders_are_listed_by_their_time_and_filtered(campus: Campus, user: User):
    work = create(campus, user, reminders=[5, 1440])
    create(campus, user, "study_session", reminders=[60])
    schedule(campus, user, session(campus, user, reminders=[]))
    found = listed(campus, user)
    times = [item["remindAt"] for item in found]
    assert (len(found), times) == (6, sorted(times))
    assert {item["title"] for item in found if item["itemId"] == work["id"]} == {"Essay"}
    for query, count in (
        ("?kind=assignment", 2),
        (f"?itemId={work['id']}", 2),
        ("?review=true", 3),
        ("?review=false", 3),
        ("?state=scheduled,due", 6),
        ("?state=sent", 0),
        (f"?remindAfter={wire(SOON - DAY)}&remindBefore={wire(SOON)}&review=false", 3),
    ):
        assert len(listed(campus, user, query)) == count, query
    assert listed(campus, campus.user()) == []


@pytest.mark.parametrize("verb", ["snooze", "reschedule"])
def test_what_was_told_comes_once_more_at_its_new_time(campus: Campus, user: User, verb: str):
    without_pauses(campus, user)
    create(campus, user)
    fire(campus, user)
    [first] = listed(campus, user)
    assert (first["state"], first["response"]) == ("sent", None)
    at = datetime.now(UTC) + timedelta(minutes=20)
    given = {"minutes": 20} if verb == "snooze" else {"remindAt": wire(at)}
    again = answered(campus, user, first["id"], verb, **given)
    assert again.status == 200, again.text
    assert (again.data["id"] != first["id"], again.data["state"]) == (True, "scheduled")
    moved = datetime.fromisoformat(again.data["remindAt"])
    assert abs(moved - at) < timedelta(seconds=10)
    campus.run("notifications", "send_due_reminders")
    assert notices(campus, user) == 1
    assert answered(campus, user, first["id"], verb, **given).status == 409
    for _ in range(2):
        fire(campus, user)
    assert notices(campus, user) == 2
    done = "snoozed" if verb == "snooze" else "rescheduled"
    assert states(campus, user) == {("sent", done), ("sent", None)}
    assert again.data["createdAt"] == first["createdAt"]


def test_one_that_was_not_told_moves_and_comes_after_its_item_too(campus: Campus, user: User):
    made = create(campus, user)
    [one] = listed(campus, user)
    at = SOON + DAY
    moved = answered(campus, user, one["id"], "reschedule", remindAt=wire(at)).data
    assert (moved["id"], moved["remindAt"], moved["response"]) == (
        one["id"],
        wire(at),
        "rescheduled",
    )
    assert balance(campus, user) == 1
    campus.call("PATCH", f"{PATHS['assignment']}/{made['id']}", user, {"title": "Other"})
    assert [item["remindAt"] for item in listed(campus, user)] == [wire(at)]
    campus.admin.execute(
        "update reminder set occurs_at = now() - interval '1 minute' where user_id = %s", (user.id,)
    )
    fire(campus, user)
    assert notices(campus, user) == 1


def test_putting_the_offsets_forgets_what_was_done_to_single_ones(campus: Campus, user: User):
    made = create(campus, user, reminders=[5, 60])
    late, early = (item["id"] for item in reversed(listed(campus, user)))
    answered(campus, user, late, "cancel", reason="not_needed")
    answered(campus, user, early, "reschedule", remindAt=wire(SOON - DAY))
    path = f"{PATHS['assignment']}/{made['id']}"
    campus.call("POST", f"{path}/complete", user)
    campus.call("POST", f"{path}/reopen", user)
    assert pending(campus, user).keys() == {(SOON, 60)}  # the one that was cancelled stays so
    campus.call("PUT", f"{path}/reminders", user, {"offsets": [5, 60]})
    assert pending(campus, user).keys() == {(SOON, 5), (SOON, 60)}
    assert balance(campus, user) == 2


def test_cancelling_says_why_and_can_be_repeated(campus: Campus, user: User):
    create(campus, user)
    [one] = listed(campus, user)
    for _ in range(2):
        answer = answered(campus, user, one["id"], "cancel", reason="task_completed")
        assert (answer.status, answer.data["state"]) == (200, "cancelled")
    assert (answer.data["reason"], answer.data["version"]) == ("task_completed", 2)
    [_, (kind, fact)] = told(campus, user)
    assert (kind, fact["reason"], fact["count"]) == ("reminder.cancelled", "task_completed", 1)
    assert answered(campus, user, one["id"], "snooze", minutes=5).status == 409
    assert answered(campus, user, one["id"], "cancel", reason="bored").status == 422
    fire(campus, user)
    assert notices(campus, user) == 0


def test_dismissing_is_for_what_was_told_and_what_need_not_come(campus: Campus, user: User):
    create(campus, user)
    fire(campus, user)
    create(campus, user)
    for item in listed(campus, user):
        for _ in range(2):
            answer = answered(campus, user, item["id"], "dismiss")
            assert (answer.status, answer.data["state"]) == (200, "dismissed")
    assert {item["state"] for item in listed(campus, user)} == {"dismissed"}
    fire(campus, user)
    assert (notices(campus, user), balance(campus, user)) == (1, 1)  # one was told


@pytest.mark.parametrize("days", [-1, 0, 401])
def test_a_new_time_is_ahead_and_near(campus: Campus, user: User, days: int):
    create(campus, user)
    [one] = listed(campus, user)
    at = wire(datetime.now(UTC) + days * DAY)
    answer = answered(campus, user, one["id"], "reschedule", remindAt=at)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"]["errors"][0]["pointer"] == "/remindAt"


def test_foreign_and_stale_ones_are_left_alone(campus: Campus, user: User):
    create(campus, user)
    [one] = listed(campus, user)
    for verb in ("cancel", "dismiss", "snooze"):
        assert answered(campus, campus.user(), one["id"], verb).status == 404
    path, stale = f"{REMINDERS}/{one['id']}", {"If-Match": '"v2-9"'}
    assert campus.call("POST", f"{path}/dismiss", user, headers=stale).status == 412
    assert campus.call("GET", path, user).data == one
    assert campus.call("GET", path, campus.user()).status == 404


def test_a_reminder_of_ones_own_follows_its_item(campus: Campus, user: User):
    made = create(campus, user, reminders=[])
    named = {"kind": "assignment", "itemId": made["id"]}
    at = wire(SOON - DAY)
    own = campus.call("POST", REMINDERS, user, {**named, "remindAt": at})
    assert (own.status, own.data["remindAt"], own.data["offsetMinutes"]) == (201, at, 1440)
    assert own.headers["Location"] == f"{REMINDERS}/{own.data['id']}"
    path = f"{PATHS['assignment']}/{made['id']}"
    campus.call("PATCH", path, user, {"dueAt": wire(SOON + DAY)})
    [kept] = listed(campus, user)
    assert (kept["id"], kept["occursAt"]) == (own.data["id"], wire(SOON + DAY))
    campus.call("PATCH", path, user, {"dueAt": wire(SOON - 2 * DAY)})
    assert listed(campus, user, "?state=scheduled") == []
    assert balance(campus, user) == 0
    late = campus.call("POST", REMINDERS, user, {**named, "remindAt": wire(SOON)})
    assert (late.status, late.error) == (422, "VALIDATION_ERROR")
    soon = {**named, "remindAt": wire(SOON - timedelta(days=2, hours=1))}
    answers = [campus.call("POST", REMINDERS, user, soon) for _ in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 403]
    assert answers[-1].json["error"]["details"] == {"limit": 3, "used": 3, "resetsAt": None}
    campus.call("POST", f"{path}/complete", user)
    assert listed(campus, user, "?state=scheduled") == []
    assert campus.call("POST", REMINDERS, user, soon).status == 409
    assert campus.call("POST", REMINDERS, campus.user(), soon).status == 404


def test_all_of_an_item_are_cancelled_with_those_of_its_topic(campus: Campus, user: User):
    of = session(campus, user, reminders=[5])
    schedule(campus, user, of)
    other = create(campus, user)
    coming = len(listed(campus, user, f"?itemId={of}&state=scheduled"))
    named = {"kind": "study_session", "itemId": of, "reason": "other"}
    answer = campus.call("POST", f"{REMINDERS}/cancel-all", user, named)
    assert (answer.status, answer.data) == (200, {"cancelled": coming})
    assert [item["itemId"] for item in listed(campus, user, "?state=scheduled")] == [other["id"]]
    assert campus.call("POST", f"{REMINDERS}/cancel-all", user, named).data == {"cancelled": 0}
    assert campus.call("POST", f"{REMINDERS}/cancel-all", campus.user(), named).status == 404


def test_a_locked_item_is_not_reminded_of_at_other_times(campus: Campus, premium: User):
    made = create(campus, premium, reminders=[5, 60])
    one, two = (item["id"] for item in listed(campus, premium))
    campus.admin.execute(
        "insert into task_creation (item_id, user_id)"
        " select uuid7(), %s from generate_series(1, 15)",
        (premium.id,),
    )
    campus.admin.execute(
        "update app_user set subscription_tier = 'free' where id = %s", (premium.id,)
    )
    own = {"kind": "assignment", "itemId": made["id"], "remindAt": wire(SOON - DAY)}
    put = campus.call(
        "PUT", f"{PATHS['assignment']}/{made['id']}/reminders", premium, {"offsets": []}
    )
    for answer in (
        answered(campus, premium, one, "snooze", minutes=5),
        answered(campus, premium, one, "reschedule", remindAt=wire(SOON)),
        campus.call("POST", REMINDERS, premium, own),
        put,
    ):
        assert (answer.status, answer.error) == (403, "TASK_LIMIT_EXCEEDED")
        assert answer.json["error"]["details"]["used"] == 16
    assert answered(campus, premium, one, "dismiss").data["state"] == "dismissed"
    assert answered(campus, premium, two, "cancel").data["state"] == "cancelled"


def test_installed_clients_find_their_reminders(campus: Campus, user: User):
    made = create(campus, user)
    old = "/functions/v1/"
    [one] = campus.call("POST", f"{old}reminder-system/list", user, {}).data
    assert one["reminder_type"] == "assignment"
    assert (one["assignment_id"], one["session_id"], one["lecture_id"]) == (made["id"], None, None)
    assert (one["completed"], one["day_number"]) == (False, 1)
    at = wire(SOON - DAY)
    given = {"reminder_id": one["id"], "new_time": at}
    assert campus.call("POST", f"{old}reschedule-reminder", user, given).data["reminder_time"] == at
    path = f"{old}reminder-system/update/{one['id']}"
    later = wire(SOON - 2 * DAY)
    answer = campus.call("PUT", path, user, {"reminder_time": later})
    assert answer.data["reminder_time"] == later, answer.text
    given = {"reminder_id": one["id"], "reason": "not_needed"}
    answer = campus.call("POST", f"{old}cancel-reminder", user, given)
    assert (answer.data["completed"], answer.data["action_taken"]) == (True, "cancelled")
    plan = {"item_type": "assignment", "item_id": made["id"], "reminder_time": at}
    answer = campus.call("POST", f"{old}reminder-system/schedule", user, plan)
    assert answer.status == 201, answer.text
    answer = campus.call("POST", f"{old}reminder-system/cancel-all", user, plan)
    assert answer.data == {"cancelled": 1}
    assert campus.call("POST", f"{old}reminder-system/process", user, {}).status == 410


def test_whatever_is_called_meanwhile_nothing_is_told_twice(campus: Campus):
    """Runs of the clock and commands of people meet on each due reminder."""
    people = [campus.user() for _ in range(12)]
    items = [create(campus, person) for person in people]
    ones = [listed(campus, person)[0]["id"] for person in people]
    for person in people:
        without_pauses(campus, person)
        due(campus, person)
    verbs = ("snooze", "dismiss", "cancel", "reschedule", "snooze", "complete")
    later = wire(datetime.now(UTC) + timedelta(hours=1))

    def clock() -> None:
        for _ in range(3):
            campus.run("notifications", "send_due_reminders")

    def answer() -> None:
        for number, (person, item, one) in enumerate(zip(people, items, ones, strict=True)):
            verb = verbs[number % len(verbs)]
            path = f"{REMINDERS}/{one}/{verb}"
            given = {"remindAt": later} if verb == "reschedule" else {}
            if verb == "complete":
                path = f"{PATHS['assignment']}/{item['id']}/complete"
            body = given if verb in ("snooze", "cancel", "reschedule") else None
            event = gateway_event("POST", path, person, body, {}, None, campus.address)
            assert campus.handlers["tasks"](event, context())["statusCode"] in (200, 409)

    threads = [Thread(target=work) for work in (clock, answer, clock, answer, clock)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    campus.run("notifications", "send_due_reminders")
    for person in people:
        before = listed(campus, person)
        fired = sum(item["sentAt"] is not None for item in before)
        assert notices(campus, person) == fired <= 1, before
        coming = [item for item in before if item["state"] == "scheduled"]
        assert len(coming) <= 1, before
        due(campus, person)
    threads = [Thread(target=clock) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, person in enumerate(people):
        after = listed(campus, person)
        assert {item["state"] for item in after} <= {"sent", "dismissed", "cancelled", "skipped"}
        fired = sum(item["sentAt"] is not None for item in after)
        assert notices(campus, person) == fired, after
        if verbs[number % len(verbs)] in ("snooze", "reschedule"):
            assert sum(item["sentAt"] is not None for item in after) >= 1, after
