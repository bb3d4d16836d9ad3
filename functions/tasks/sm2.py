"""SM-2, the algorithm of SuperMemo 2 (P. A. Wozniak, 1987), as its author's program does it.

The E-Factor is kept in hundredths: every step of the formula is a whole number of them, so that a
history of reviews gives the same standing on every machine. Three things are ours: an upper bound
of the E-Factor, a longest interval of a year, and a penalty for cramming.
"""

from dataclasses import dataclass

EASE, LEAST_EASE, MOST_EASE = 250, 130, 300
LONGEST = 365
CRAMMING = 10
"""What a review too many takes from the E-Factor, in hundredths."""
_BAD = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a topic: `repetitions` in a row that went well, and the days that it is
    left alone after the last."""

    ease: int = EASE
    repetitions: int = 0
    interval_days: int = 0


def review(before: Standing, quality: int, *, crammed: bool = False) -> Standing:
    """The standing after a review of a quality from 0 (blackout) to 5 (perfect).

    The interval grows by the E-Factor that the topic came with; what this review changes about
    the E-Factor counts from the next one on.
    """
    ease = before.ease + 10 - (5 - quality) * (8 + (5 - quality) * 2) - crammed * CRAMMING
    ease = max(LEAST_EASE, min(MOST_EASE, ease))
    if quality < _BAD:
        return Standing(ease, 0, 1)
    repetitions = before.repetitions + 1
    return Standing(ease, repetitions, _interval(before, repetitions))


def _interval(before: Standing, repetitions: int) -> int:
    if repetitions == 1:
        return 1
    if repetitions == 2:
        return 6
    halves_up = (before.interval_days * before.ease + 50) // 100
    return max(1, min(LONGEST, halves_up))
