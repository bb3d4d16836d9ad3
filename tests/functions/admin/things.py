"""What the routes of admin take."""

from tests.things import MOMENT

BODIES = {
    "Explanation": {"reason": "Asked for by the user."},
    "Suspension": {"reason": "Asked for by the user.", "until": MOMENT},
}
