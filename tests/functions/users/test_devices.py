"""Devices: one a platform, and a push token belongs to one account."""

from shared.ids import uuid7
from tests.campus import Answer, Campus, User

PATH = "/v2/users/me/devices"


def push_token() -> str:
    return f"ExponentPushToken[{uuid7().hex}]"


def register(campus: Campus, user: User, platform: str, token: str) -> Answer:
    return campus.call("PUT", f"{PATH}/{platform}", user, {"token": token})


def platforms(campus: Campus, user: User) -> list[str]:
    return [item["platform"] for item in campus.call("GET", PATH, user).data]


def test_a_newer_device_takes_the_place_of_the_older(campus: Campus, user: User):
    first = register(campus, user, "ios", push_token())
    second = register(campus, user, "ios", push_token())
    assert (first.status, second.status) == (200, 200)
    assert (second.data["id"], second.data["version"]) == (first.data["id"], 2)
    register(campus, user, "web", push_token())
    assert platforms(campus, user) == ["ios", "web"]
    assert campus.types(user) == ["device.registered"] * 3


def test_the_same_token_again_is_no_news(campus: Campus, user: User):
    token = push_token()
    first = register(campus, user, "android", token)
    again = register(campus, user, "android", token)
    assert again.data == first.data
    assert token not in again.text
    assert campus.types(user) == ["device.registered"]


def test_a_token_leaves_the_account_that_had_it(campus: Campus, user: User):
    token, successor = push_token(), campus.user()
    register(campus, user, "ios", token)
    register(campus, successor, "ios", token)
    assert platforms(campus, user) == []
    assert platforms(campus, successor) == ["ios"]


def test_a_removed_device_is_gone(campus: Campus, user: User):
    register(campus, user, "ios", push_token())
    assert campus.call("DELETE", f"{PATH}/ios", campus.user()).status == 404
    assert campus.call("DELETE", f"{PATH}/ios", user).status == 204
    assert campus.call("DELETE", f"{PATH}/ios", user).status == 404
    assert campus.types(user) == ["device.registered", "device.removed"]


def test_v1_says_push_token(campus: Campus, user: User):
    body = {"push_token": push_token()}
    answer = campus.call("PUT", "/v1/users/me/devices/ios", user, body)
    assert (answer.status, answer.data["platform"]) == (200, "ios")
    assert campus.call("GET", "/v1/users/me/devices", user).json["pagination"]["total"] == 1


def test_unknown_platforms_and_odd_tokens_are_refused(campus: Campus, user: User):
    assert register(campus, user, "windows", push_token()).status == 404
    for token in ("short", "with space in it", "x" * 4097):
        answer = register(campus, user, "ios", token)
        assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert platforms(campus, user) == []
