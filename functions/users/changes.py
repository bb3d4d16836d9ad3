"""Steps between the API versions of users."""

from typing import Any

from functions.users.models import (
    Availability,
    Device,
    NewDevice,
    Person,
    PersonPatch,
    SignIn,
    Subscription,
)
from shared.versions import Change, OnlyNewer, Rename, Replace


def _older_tier(tier: Any) -> str:
    return "oddity" if tier == "premium" else "free"


def _newer_tier(tier: str) -> str:
    return "premium" if tier == "oddity" else tier


_TIER = Replace(
    newer="subscription_tier",
    older="subscription_tier",
    older_type=str,
    upgrade=_newer_tier,
    downgrade=_older_tier,
)


class PersonFields(Change):
    """The plan `oddity` became `premium`. A user's `onboarding_completed` (true or false) became
    `onboardingCompletedAt`, `email_verified` became `emailVerifiedAt`, and `suspension_end_date`
    became `suspendedUntil`. `locale`, `weekStartsOn` and `version` are new."""

    models = (Person,)
    edits = (
        _TIER,
        Replace(
            newer="onboarding_completed_at",
            older="onboarding_completed",
            older_type=bool,
            downgrade=lambda at: at is not None,
        ),
        Replace(
            newer="email_verified_at",
            older="email_verified",
            older_type=bool,
            downgrade=lambda at: at is not None,
        ),
        Rename(newer="suspended_until", older="suspension_end_date"),
        OnlyNewer("locale"),
        OnlyNewer("week_starts_on"),
        OnlyNewer("version"),
    )


class ProfileFields(Change):
    """`locale` and `weekStartsOn` can be set."""

    models = (PersonPatch,)
    edits = (OnlyNewer("locale"), OnlyNewer("week_starts_on"))


class UsernameReason(Change):
    """The answer about a username says why it cannot be taken: `reason`."""

    models = (Availability,)
    edits = (OnlyNewer("reason"),)


class SubscriptionState(Change):
    """`has_active_subscription` became `isActive`, and the plan `oddity` became `premium`."""

    models = (Subscription,)
    edits = (
        Replace(
            newer="tier",
            older="tier",
            older_type=str,
            upgrade=_newer_tier,
            downgrade=_older_tier,
        ),
        Rename(newer="is_active", older="has_active_subscription"),
    )


class DeviceToken(Change):
    """`push_token` became `token`. A device has a `version`."""

    models = (NewDevice, Device)
    edits = (Rename(newer="token", older="push_token"), OnlyNewer("version"))


class SignInFields(Change):
    """A sign-in's `success` (true or false) became `outcome`, `ip_address` became `address`, and
    `created_at` became `occurredAt`."""

    models = (SignIn,)
    edits = (
        Replace(
            newer="outcome",
            older="success",
            older_type=bool,
            downgrade=lambda outcome: outcome == "succeeded",
        ),
        Rename(newer="address", older="ip_address"),
        Rename(newer="occurred_at", older="created_at"),
    )
