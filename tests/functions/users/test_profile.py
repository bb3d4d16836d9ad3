"""The caller's own account: profile, onboarding, usernames."""

import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.users.fields import RESERVED, username_fault
from functions.users.profile import age_on
from tests.campus import Answer, Campus, User

ADULT = "2000-02-29"


def name() -> str:
    return f"u{uuid.uuid4().hex[:12]}"


def years_ago(years: int) -> str:
    today = datetime.now(UTC).date()
    return f"{today.year - years:04d}-01-01"


def onboard(campus: Campus, user: User, **fields: object) -> Answer:
    body = {"username": name(), "firstName": "Ada", "dateOfBirth": ADULT, **fields}
    return campus.call("POST", "/v2/users/me/onboarding", user, body)


def test_everybody_sees_their_own_account_only(campus: Campus, user: User):
    stranger = campus.user()
    for someone in (user, stranger):
        me = campus.call("GET", "/v2/users/me", someone)
        assert me.status == 200
        assert me.data["id"] == str(someone.id)
        assert me.data["subscriptionTier"] == "free"
    assert me.headers["Cache-Control"] == "no-store"


def test_v1_clients_see_flags_and_their_names_of_plans(campus: Campus, premium: User):
    old = campus.call("GET", "/v1/users/me", premium).data
    assert old["subscription_tier"] == "oddity"
    assert old["onboarding_completed"] is False
    assert old["email_verified"] is True
    assert "version" not in old
    body = {"first_name": "Grace", "unknown": 1}
    assert campus.call("PUT", "/v1/users/me", premium, body).data["first_name"] == "Grace"
    assert campus.call("GET", "/v2/users/me", premium).data["firstName"] == "Grace"


def test_a_patch_changes_what_it_names(campus: Campus, user: User):
    body = {"bio": "Mathematician", "university": "London", "timezone": "Europe/London"}
    made = campus.call("PATCH", "/v2/users/me", user, body)
    assert (made.status, made.data["version"]) == (200, 2)
    cleared = campus.call("PATCH", "/v2/users/me", user, {"bio": None}, {"If-Match": '"v2-2"'})
    assert cleared.data["bio"] is None
    assert cleared.data["university"] == "London"
    stale = campus.call("PATCH", "/v2/users/me", user, {"bio": "x"}, {"If-Match": '"v2-2"'})
    assert (stale.status, stale.error) == (412, "PRECONDITION_FAILED")
    told = campus.rows(
        "select entity_version, data -> 'changed' from event where user_id = %s order by id",
        user.id,
    )
    assert told == [(2, ["bio", "timezone", "university"]), (3, ["bio"])]


@pytest.mark.parametrize(
    "body",
    [
        {"firstName": None},
        {"firstName": "  "},
        {"timezone": "Mars/Olympus"},
        {"bio": "x" * 501},
        {"username": "a..b"},
        {"role": "admin"},
        {"email": "new@example.com"},
        {"subscriptionTier": "premium"},
        {"weekStartsOn": 7},
        {"locale": "english please"},
    ],
)
def test_what_may_not_be_changed_changes_nothing(campus: Campus, user: User, body: dict):
    answer = campus.call("PATCH", "/v2/users/me", user, body)
    assert (answer.status, answer.error) == (422, "VALIDATION_ERROR")
    assert campus.call("GET", "/v2/users/me", user).data["version"] == 1


def test_onboarding_is_done_once(campus: Campus, user: User):
    answer = onboard(campus, user, university="London", marketingOptIn=True)
    assert answer.status == 200, answer.text
    assert answer.data["onboardingCompletedAt"]
    assert (answer.data["dateOfBirth"], answer.data["marketingOptIn"]) == (ADULT, True)
    again = onboard(campus, user)
    assert (again.status, again.error) == (409, "CONFLICT")
    assert campus.types(user) == ["user.onboarded"]


def test_v1_onboards_too_and_ignores_courses(campus: Campus, user: User):
    body = {"username": name(), "first_name": "Ada", "date_of_birth": ADULT, "courses": []}
    answer = campus.call("POST", "/v1/users/me/onboarding", user, body)
    assert (answer.status, answer.data["onboarding_completed"]) == (200, True)


def test_children_are_refused_and_the_young_need_consent(campus: Campus, user: User):
    child = onboard(campus, user, dateOfBirth=years_ago(10), parentalConsent=True)
    assert (child.status, child.error) == (403, "FORBIDDEN")
    unborn = onboard(campus, user, dateOfBirth="2190-01-01")
    assert unborn.status == 422
    young = onboard(campus, user, dateOfBirth=years_ago(15))
    assert young.status == 422
    assert young.json["error"]["details"]["errors"][0]["pointer"] == "/parentalConsent"
    assert campus.types(user) == []
    consented = onboard(campus, user, dateOfBirth=years_ago(15), parentalConsent=True)
    assert consented.data["parentalConsent"] is True


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_a_year_of_life_is_complete_on_the_birthday(born: date, years: int):
    leap_day = (born.month, born.day) == (2, 29)
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:
        birthday = date(born.year + years, 3, 1)
    assert age_on(born, birthday) == years
    eve = date.fromordinal(birthday.toordinal() - 1)
    assert leap_day or eve < born or age_on(born, eve) == years - 1


@given(st.text(alphabet="abzAZ09._-é ", max_size=22))
def test_usernames_follow_the_rules(text: str):
    allowed = set("abzAZ09._")
    follows = (
        4 <= len(text) <= 20
        and set(text) <= allowed
        and text[0] not in "._"
        and text[-1] not in "._"
        and not any(pair in text for pair in ("..", "__", "._", "_."))
    )
    assert (username_fault(text) is None) == (follows and text.lower() not in RESERVED)


def test_every_reserved_word_would_be_a_username(campus: Campus):
    assert len(RESERVED) > 70
    assert {username_fault(word.upper()) for word in RESERVED} == {"reserved"}


def test_a_username_is_taken_whatever_its_case(campus: Campus, user: User):
    taken, stranger = name(), campus.user()
    onboard(campus, user, username=taken)
    mine = campus.call("GET", f"/v2/usernames/{taken}/availability", user)
    assert mine.data == {"available": True, "reason": None}
    theirs = campus.call("GET", f"/v2/usernames/{taken.upper()}/availability", stranger)
    assert theirs.data == {"available": False, "reason": "taken"}
    answer = onboard(campus, stranger, username=taken.upper())
    assert (answer.status, answer.error) == (409, "ALREADY_EXISTS")


@pytest.mark.parametrize(("text", "reason"), [("Admin", "reserved"), ("a__b", "invalid")])
def test_the_reason_is_told(campus: Campus, user: User, text: str, reason: str):
    answer = campus.call("GET", f"/v2/usernames/{text}/availability", user)
    assert answer.data == {"available": False, "reason": reason}
    old = campus.call("GET", f"/v1/usernames/{text}/availability", user)
    assert old.data == {"available": False}
