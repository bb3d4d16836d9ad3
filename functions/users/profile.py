"""The caller's own account: profile, onboarding, username."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from events.users import UserOnboarded, UserUpdated
from functions.users.fields import username_fault
from functions.users.models import Availability, Onboarding, Person, PersonPatch
from shared.errors import Refusal, invalid
from shared.request import Request
from shared.routing import Old, Routes
from shared.sql import queries

MINIMUM_AGE = 13
AGE_OF_CONSENT = 18
CONSENT = {"has_parental_consent": "parental_consent"}
routes = Routes("/users/me", tag="users", v1=True)
usernames = Routes("/usernames", tag="users", v1=True)
sql = queries(__file__)


@routes.get("", old=(Old("users/profile", ("GET",)), "api-v2/users/profile"))
def get_person(request: Request) -> Person:
    """Get your own account."""
    return request.db.one(Person, sql.get_person)


@routes.patch(
    "",
    also_put=True,
    old=("update-user-profile", Old("users/profile", ("PUT",)), "api-v2/users/update"),
)
def update_person(request: Request, body: PersonPatch) -> Person:
    """Change your profile (JSON Merge Patch)."""
    changes = body.changes()
    person = request.db.one(Person, sql.update_person, changes=changes)
    request.emit(
        UserUpdated(user_id=person.id, changed=sorted(changes), entity_version=person.version)
    )
    return person


@routes.post(
    "/onboarding",
    limit="updates",
    old=(
        Old("complete-onboarding", fields=CONSENT),
        Old("users/complete-onboarding", fields=CONSENT),
    ),
)
def complete_onboarding(request: Request, body: Onboarding) -> Person:
    """Finish onboarding, once. Under 13 there is no way in; under 18 only with a parent's consent.

    Age counts on the person's own day, in `timezone`.
    """
    zone = body.timezone if "timezone" in body.model_fields_set else request.known_caller.timezone
    _check_age(body, datetime.now(UTC).astimezone(ZoneInfo(zone)).date())
    changes = body.changes() | {"parental_consent": body.parental_consent}
    person = request.db.maybe(Person, sql.onboard, changes=changes)
    if person is None:
        raise Refusal("CONFLICT", "Onboarding is complete already.")
    request.emit(UserOnboarded(user_id=person.id, entity_version=person.version))
    return person


@usernames.get(
    "/{name}/availability", old=(Old("check-username-availability", fields={"username": "name"}),)
)
def get_username_availability(request: Request, name: str) -> Availability:
    """Tell whether you can take a username. Your own is available to you."""
    fault = username_fault(name)
    free = request.db.value(sql.username_is_free, username=name)
    reason = fault or (None if free else "taken")
    return Availability(available=reason is None, reason=reason)


def age_on(born: date, today: date) -> int:
    """Completed years of life. Who is born on 29 February turns a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _check_age(body: Onboarding, today: date) -> None:
    if body.date_of_birth > today:
        raise invalid("date_of_birth", "lies in the future")
    age = age_on(body.date_of_birth, today)
    if age < MINIMUM_AGE:
        raise Refusal("FORBIDDEN", f"Campus is for people of {MINIMUM_AGE} years and older.")
    if age < AGE_OF_CONSENT and not body.parental_consent:
        raise invalid("parental_consent", f"is needed under {AGE_OF_CONSENT} years")
