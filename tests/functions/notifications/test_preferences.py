"""Preferences: what a person wants to be told, and the link that ends it."""

import re

import pytest

from functions.notifications import links
from shared.ids import uuid7
from tests.campus import Campus, User

PATH = "/v2/notification-preferences"


def change(campus: Campus, user: User, body: dict) -> dict:
    answer = campus.call("PATCH", PATH, user, body)
    assert answer.status == 200, answer.text
    return answer.data


def test_there_are_defaults_before_anything_was_chosen(campus: Campus, user: User):
    answer = campus.call("GET", PATH, user)
    assert answer.status == 200, answer.text
    found = answer.data
    assert found["id"] == str(user.id)
    assert found["master"] is True
    assert found["categories"]["marketing"] is False
    assert found["categories"]["reminder"] is None
    assert found["workflows"]["welcome"] is None
    assert found["quietHours"] == {"enabled": False, "start": "22:00", "end": "07:00"}
    assert (found["maxPerDay"], found["cooldownMinutes"]) == (10, 30)
    assert (found["morningTime"], found["eveningTime"]) == ("08:00", "20:00")


def test_a_patch_merges_into_the_objects(campus: Campus, user: User):
    change(campus, user, {"channels": {"email": False}, "quietHours": {"enabled": True}})
    found = change(campus, user, {"channels": {"push": False}, "maxPerDay": 3})
    assert found["channels"] == {"inApp": None, "email": False, "push": False}
    assert found["quietHours"] == {"enabled": True, "start": "22:00", "end": "07:00"}
    assert found["maxPerDay"] == 3
    cleared = change(campus, user, {"channels": {"email": None}})
    assert cleared["channels"]["email"] is None
    assert cleared == campus.call("GET", PATH, user).data
    assert campus.types(user) == ["preferences.changed"] * 3


def test_v1_clients_keep_their_flat_row_of_flags(campus: Campus, user: User):
    path = "/v1/notification-preferences"
    flags = campus.call("GET", path, user).json["data"]
    assert flags["master_toggle"] is flags["reminders_enabled"] is flags["email_enabled"] is True
    assert flags["marketing_enabled"] is flags["do_not_disturb"] is False
    assert flags["preferred_morning_time"] == "08:00"
    assert not {"channels", "categories", "quiet_hours", "master"} & flags.keys()
    whole = {
        **flags,
        "do_not_disturb": True,
        "assignment_enabled": False,
        "quiet_hours_enabled": True,
        "quiet_hours_start": "23:15:00",
        "preferred_evening_time": "19:30:00",
        "cooldown_period": 5,
    }
    answer = campus.call("PUT", path, user, whole)
    assert answer.status == 200, answer.text
    expected = {"quiet_hours_start": "23:15", "preferred_evening_time": "19:30"}
    kept = {"version", "updated_at"}
    assert {k: v for k, v in answer.json["data"].items() if k not in kept} == {
        k: v for k, v in {**whole, **expected}.items() if k not in kept
    }
    today = campus.call("GET", PATH, user).data
    assert today["workflows"]["assignmentReminder"] is False
    assert today["workflows"]["lectureReminder"] is None
    assert today["dndUntil"].startswith("2199")


@pytest.mark.parametrize(
    ("field", "value"),
    [("reminders_enabled", "yes"), ("quiet_hours_start", "25:00"), ("master_toggle", 1)],
)
def test_v1_faults_are_named_in_v1_words(campus: Campus, user: User, field: str, value: object):
    answer = campus.call("PATCH", "/v1/notification-preferences", user, {field: value})
    assert (answer.status, answer.error) == (400, "VALIDATION_ERROR")
    pointers = [item["pointer"] for item in answer.json["error"]["details"]["errors"]]
    assert pointers == [f"/{field}"]


@pytest.mark.parametrize(
    "body",
    [
        {"master": None},
        {"channels": {"fax": True}},
        {"quietHours": {"start": "7:00"}},
        {"timezone": "Mars/Olympus"},
        {"maxPerDay": -1},
        {"unsubscribed": ["everything"]},
        {"morningTime": "08:00\n"},
    ],
)
def test_what_is_no_preference_changes_nothing(campus: Campus, user: User, body: dict):
    before = campus.call("GET", PATH, user).data
    answer = campus.call("PATCH", PATH, user, body)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert campus.call("GET", PATH, user).data == before


def test_a_stale_version_is_refused(campus: Campus, user: User):
    change(campus, user, {"weekends": False})
    stale = campus.call("PATCH", PATH, user, {"weekends": True}, {"If-Match": '"v2-1"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")
    assert campus.call("GET", PATH, user).data["weekends"] is False


def test_opening_the_unsubscribe_link_changes_nothing(campus: Campus, user: User):
    path = f"/unsubscribe/{links.sign(user.id, 'reminder')}"
    answer = campus.call("GET", path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<form method="post">' in answer.text
    assert "reminders" in answer.text
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert campus.call("GET", PATH, user).data["unsubscribed"] == []
    assert campus.types(user) == []


def test_one_click_unsubscribes_from_one_category(campus: Campus, user: User):
    path = f"/unsubscribe/{links.sign(user.id, 'reminder')}"
    form = {"content-type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        answer = campus.call("POST", path, headers=form, raw=b"List-Unsubscribe=One-Click")
        assert answer.status == 200, answer.text
        assert "unsubscribed" in answer.text
    assert campus.call("GET", PATH, user).data["unsubscribed"] == ["reminder"]
    assert campus.types(user) == ["preferences.changed"]
    back = change(campus, user, {"unsubscribed": ["marketing"]})
    assert back["unsubscribed"] == ["marketing"]


def test_a_link_that_was_not_signed_is_none(campus: Campus, user: User):
    token = links.sign(user.id, "reminder")
    other = links.sign(uuid7(), "reminder")
    forged = [token[:-2], "A" * len(token), token[:22] + other[22:], "x", "%F0%9F%98%80"]
    for text in forged:
        for method in ("GET", "POST"):
            answer = campus.call(method, f"/unsubscribe/{text}")
            assert (answer.status, answer.error) == (404, "NOT_FOUND"), text
    assert campus.call("GET", PATH, user).data["unsubscribed"] == []


def test_the_page_allows_exactly_its_own_style(campus: Campus, user: User):
    import base64
    import hashlib

    answer = campus.call("GET", f"/unsubscribe/{links.sign(user.id, 'billing')}")
    styles = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "style=" not in answer.text


def test_strangers_have_preferences_of_their_own(campus: Campus, user: User):
    change(campus, user, {"master": False})
    assert campus.call("GET", PATH, campus.user()).data["master"] is True
