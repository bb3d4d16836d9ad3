"""Steps between the API versions of what administrators do."""

from functions.admin.models import Account, Suspension
from shared.versions import Change, OnlyNewer, Rename, Replace


class SuspensionTimes(Change):
    """A suspension's `duration` became `days`; `until`, a time, can be said instead."""

    models = (Suspension,)
    edits = (Rename(newer="days", older="duration"), OnlyNewer("until"))


class AccountFields(Change):
    """An account's `suspension_end_date` became `suspendedUntil`, `onboarding_completed` and
    `email_verified` (true or false) became times, and the plan `oddity` became `premium`.
    `version` is new."""

    models = (Account,)
    edits = (
        Rename(newer="suspended_until", older="suspension_end_date"),
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
        Replace(
            newer="subscription_tier",
            older="subscription_tier",
            older_type=str,
            downgrade=lambda tier: "oddity" if tier == "premium" else "free",
        ),
        OnlyNewer("version"),
    )
