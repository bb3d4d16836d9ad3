"""When a person may be told: rules that hold for every hour, zone and choice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from functions.notifications.timing import (
    LONGEST_DEFERRAL,
    QuietHours,
    Standing,
    after_quiet,
    after_rest,
    after_weekend,
    decide,
    switched_off,
)
from functions.notifications.workflows import (
    ASSIGNMENT_COMPLETED,
    REMINDERS,
    SUBSCRIPTION_ENDED,
    WELCOME,
)

# Summer time of a full hour, of half an hour, none, far east, far west.
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "UTC",
    )
]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
walls = st.builds(time, st.integers(0, 23), st.integers(0, 59))
quiets = st.builds(QuietHours, walls, walls)
zones = st.sampled_from(ZONES)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(22), time(7))


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def standing(**chosen) -> Standing:
    return Standing(**{"zone": BERLIN, **chosen})


@given(moments, quiets, zones)
def test_after_quiet_hours_it_is_not_quiet_and_never_earlier(moment, quiet, zone):
    chosen = standing(zone=zone, quiet=quiet)
    free = after_quiet(moment, chosen)
    assert free >= moment
    assert not quiet.covers(free.astimezone(zone).time())
    assert after_quiet(free, chosen) == free


@given(moments, quiets, zones)
def test_nothing_outside_quiet_hours_is_delayed(moment, quiet, zone):
    wall = moment.astimezone(zone).time()
    if not quiet.covers(wall):
        assert after_quiet(moment, standing(zone=zone, quiet=quiet)) == moment


@given(moments, quiets, zones)
def test_the_moment_before_the_end_of_quiet_hours_was_quiet(moment, quiet, zone):
    free = after_quiet(moment, standing(zone=zone, quiet=quiet))
    if free > moment:
        before = max(moment, free - timedelta(microseconds=1))
        assert quiet.covers(before.astimezone(zone).time())


@given(walls, walls, walls)
def test_quiet_hours_and_their_complement_share_no_minute_and_leave_none(start, end, wall):
    if start != end:
        assert QuietHours(start, end).covers(wall) != QuietHours(end, start).covers(wall)
    else:
        assert not QuietHours(start, end).covers(wall)


def test_a_night_ends_in_the_morning_on_both_sides_of_midnight():
    chosen = standing(quiet=NIGHT)
    assert after_quiet(at("2026-11-20T23:30"), chosen) == at("2026-11-21T07:00")
    assert after_quiet(at("2026-11-21T00:30"), chosen) == at("2026-11-21T07:00")
    assert after_quiet(at("2026-11-21T07:00"), chosen) == at("2026-11-21T07:00")
    assert after_quiet(at("2026-11-21T21:59"), chosen) == at("2026-11-21T21:59")


def test_the_night_in_which_clocks_jump_is_an_hour_shorter_and_the_other_an_hour_longer():
    chosen = standing(quiet=NIGHT)
    spring, autumn = at("2026-03-28T22:00"), at("2026-10-24T22:00")
    assert after_quiet(spring, chosen) - spring == timedelta(hours=8)
    assert after_quiet(autumn, chosen) - autumn == timedelta(hours=10)


def test_quiet_hours_that_end_in_the_skipped_hour_end_with_it():
    chosen = standing(quiet=QuietHours(time(22), time(2, 30)))
    assert after_quiet(at("2026-03-29T01:59"), chosen) == at("2026-03-29T03:00")


@given(moments, zones)
def test_a_free_weekend_ends_on_monday(moment, zone):
    chosen = standing(zone=zone, weekends=False)
    free = after_weekend(moment, chosen)
    assert free >= moment
    assert free.astimezone(zone).weekday() < 5
    if free > moment:
        assert moment.astimezone(zone).weekday() >= 5
        assert free - moment <= timedelta(days=2, hours=1)


@given(moments, quiets, zones, st.booleans())
def test_rest_ends_outside_quiet_hours_and_free_weekends(moment, quiet, zone, weekends):
    chosen = standing(zone=zone, quiet=quiet, weekends=weekends)
    free = after_rest(moment, chosen)
    assert free >= moment
    assert after_quiet(free, chosen) == after_weekend(free, chosen) == free


switches = st.sampled_from([None, True, False])


@given(switches, switches, switches, st.booleans())
def test_the_narrowest_switch_that_is_set_decides(workflow, category, channel, master):
    chosen = standing(
        workflows={"welcome": workflow},
        categories={"security": category},
        channels={"email": channel},
        master=master,
    )
    set_ones = [value for value in (workflow, category, channel, master) if value is not None]
    assert (switched_off(WELCOME, "email", chosen) is None) == set_ones[0]


NOON = at("2026-11-20T12:00")
REMINDER = REMINDERS["assignment"]


def test_a_duplicate_is_suppressed_on_every_channel():
    for channel in ("in_app", "email"):
        verdict = decide(NOON, REMINDER, channel, standing(repeated=True))
        assert (verdict.status, verdict.reason) == ("suppressed", "duplicate")


def test_the_inbox_is_silent_and_obeys_switches_only():
    busy = standing(
        quiet=QuietHours(time(0), time(23, 59)),
        dnd_until=NOON + timedelta(days=300),
        weekends=False,
        max_per_day=0,
        unsubscribed=True,
    )
    assert decide(NOON, ASSIGNMENT_COMPLETED, "in_app", busy).status == "sent"
    off = standing(channels={"in_app": False})
    assert decide(NOON, ASSIGNMENT_COMPLETED, "in_app", off).reason == "channel_off"


def test_mail_waits_for_the_end_of_quiet_hours():
    verdict = decide(at("2026-11-20T23:00"), REMINDER, "email", standing(quiet=NIGHT))
    assert (verdict.status, verdict.reason) == ("deferred", "quiet_hours")
    assert verdict.due_at == at("2026-11-21T07:00")


def test_mails_of_a_category_keep_their_distance():
    chosen = standing(
        cooldown=timedelta(minutes=30), category_mailed_at=NOON - timedelta(minutes=10)
    )
    verdict = decide(NOON, REMINDER, "email", chosen)
    assert (verdict.status, verdict.due_at) == ("deferred", NOON + timedelta(minutes=20))
    later = decide(NOON + timedelta(minutes=20), REMINDER, "email", chosen)
    assert later.status == "pending"


def test_the_days_maximum_counts_the_local_day_of_the_delivery():
    morning = at("2026-11-20T00:30")
    yesterday = at("2026-11-19T23:30")
    full = standing(max_per_day=2, mailed_at=(morning, morning))
    assert decide(NOON, REMINDER, "email", full).reason == "daily_limit"
    room = standing(max_per_day=2, mailed_at=(yesterday, morning))
    assert decide(NOON, REMINDER, "email", room).status == "pending"


def test_do_not_disturb_defers_a_while_and_suppresses_when_it_has_no_end():
    soon = standing(dnd_until=NOON + timedelta(hours=2))
    assert decide(NOON, REMINDER, "email", soon).due_at == NOON + timedelta(hours=2)
    never = standing(dnd_until=datetime(2199, 12, 31, tzinfo=UTC))
    verdict = decide(NOON, REMINDER, "email", never)
    assert (verdict.status, verdict.reason) == ("suppressed", "do_not_disturb")


def test_critical_billing_passes_rest_and_limits_but_neither_switches_nor_unsubscription():
    resting = {"quiet": NIGHT, "max_per_day": 0, "dnd_until": NOON + timedelta(days=20)}
    night = at("2026-11-20T23:00")
    assert decide(night, SUBSCRIPTION_ENDED, "email", standing(**resting)).status == "pending"
    gone = standing(**resting, unsubscribed=True)
    assert decide(night, SUBSCRIPTION_ENDED, "email", gone).reason == "unsubscribed"
    off = standing(**resting, categories={"billing": False})
    assert decide(night, SUBSCRIPTION_ENDED, "email", off).reason == "category_off"


@given(moments, quiets, zones, st.booleans(), st.integers(0, 1440), st.integers(-48, 400))
def test_a_verdict_is_now_or_later_and_never_too_late(
    moment, quiet, zone, weekends, cooldown, dnd_hours
):
    chosen = standing(
        zone=zone,
        quiet=quiet,
        weekends=weekends,
        cooldown=timedelta(minutes=cooldown),
        category_mailed_at=moment - timedelta(minutes=5),
        dnd_until=moment + timedelta(hours=dnd_hours),
    )
    verdict = decide(moment, REMINDER, "email", chosen)
    assert moment <= verdict.due_at <= moment + LONGEST_DEFERRAL
    assert (verdict.status == "pending") == (verdict.due_at == moment and verdict.reason is None)
    if verdict.status == "deferred":
        assert after_rest(verdict.due_at, chosen) == verdict.due_at > moment


def test_the_weekend_of_a_person_is_where_they_live():
    friday_in_pago_pago = datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert date(2026, 11, 21).weekday() == 5
    west = standing(zone=ZoneInfo("Pacific/Pago_Pago"), weekends=False)
    assert after_weekend(friday_in_pago_pago, west) == friday_in_pago_pago
    east = standing(zone=ZoneInfo("Pacific/Kiritimati"), weekends=False)
    assert after_weekend(friday_in_pago_pago, east) > friday_in_pago_pago
