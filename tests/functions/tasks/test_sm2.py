"""SM-2 against what its author and others have published of it.

The author's program (SuperMemo 2.0, published with the article of 1990) takes the E-Factor that the
item came with for the new interval, and changes it afterwards, bad answers included.
"""

from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.tasks.sm2 import LEAST_EASE, LONGEST, MOST_EASE, Standing, review

QUALITIES = st.lists(st.integers(0, 5), min_size=1, max_size=60)


def run(qualities: list[int]) -> list[Standing]:
    standings = [Standing()]
    for quality in qualities:
        standings.append(review(standings[-1], quality))
    return standings[1:]


def published(qualities: list[int]) -> list[tuple[Decimal, int, int]]:
    """The author's program in decimals, with our bounds: E-Factor, repetitions, interval."""
    factor, repetition, interval = Decimal("2.5"), 0, 0
    standings: list[tuple[Decimal, int, int]] = []
    for grade in qualities:
        if grade >= 3:
            grown = int((interval * factor).quantize(Decimal(1), ROUND_HALF_UP))
            interval = {0: 1, 1: 6}.get(repetition, min(365, grown))
            repetition += 1
        else:
            repetition, interval = 0, 1
        short = 5 - grade
        factor += Decimal("0.1") - short * (Decimal("0.08") + short * Decimal("0.02"))
        factor = max(Decimal("1.3"), min(Decimal(3), factor))
        standings.append((factor, repetition, interval))
    return standings


@pytest.mark.parametrize(
    ("quality", "change"), [(5, 10), (4, 0), (3, -14), (2, -32), (1, -54), (0, -80)]
)
def test_a_quality_changes_the_factor_as_in_the_table_of_the_article(quality: int, change: int):
    assert review(Standing(), quality).ease == 250 + change


@pytest.mark.parametrize(
    ("quality", "intervals", "ease"),
    [
        (5, [1, 6, 16, 45, 131, 365, 365], 300),
        (4, [1, 6, 15, 38, 95, 238, 365], 250),
        (3, [1, 6, 13, 27, 52, 94, 156], 152),
        (2, [1, 1, 1, 1], 130),
        (0, [1, 1, 1, 1], 130),
    ],
)
def test_intervals_of_equal_answers(quality: int, intervals: list[int], ease: int):
    standings = run([quality] * len(intervals))
    assert [standing.interval_days for standing in standings] == intervals
    assert standings[-1].ease == ease


def test_three_perfect_answers_as_another_library_documents_them():
    """The example of the Ruby library `forgetful`: 2.8, the third repetition, 16 days."""
    assert run([5, 5, 5])[-1] == Standing(280, 3, 16)


def test_a_bad_answer_begins_again_and_keeps_what_is_known_of_the_topic():
    standings = run([5, 5, 5, 1, 4, 4, 4])
    assert [standing.interval_days for standing in standings] == [1, 6, 16, 1, 1, 6, 14]
    assert [standing.repetitions for standing in standings] == [1, 2, 3, 0, 1, 2, 3]
    assert standings[3].ease == 280 - 54


def test_cramming_makes_a_topic_harder_but_not_its_next_interval():
    before = Standing(250, 2, 6)
    assert review(before, 4, crammed=True) == Standing(240, 3, 15)
    assert review(Standing(135, 2, 6), 3, crammed=True).ease == LEAST_EASE


@given(QUALITIES)
def test_any_history_is_the_published_one(qualities: list[int]):
    ours = [(Decimal(s.ease) / 100, s.repetitions, s.interval_days) for s in run(qualities)]
    assert ours == published(qualities)


@given(QUALITIES, st.booleans())
def test_the_bounds_hold_and_intervals_grow_while_it_goes_well(qualities: list[int], crammed: bool):
    standing = Standing()
    for quality in qualities:
        standing = review(standing, quality, crammed=crammed)
        assert LEAST_EASE <= standing.ease <= MOST_EASE
        assert 1 <= standing.interval_days <= LONGEST
    good = [s.interval_days for s in run([max(3, quality) for quality in qualities])]
    assert all(earlier <= later for earlier, later in pairwise(good))
