"""The end of a version, moved into the past by configuration."""

import json

from tests.journeys.people import Person
from tests.journeys.stack import Stack

PAST = json.dumps({"v1": {"deprecated": "2026-01-01", "sunset": "2026-06-30"}})


def test_a_version_after_its_sunset_is_gone_and_the_newest_is_untouched(stack: Stack):
    ada = Person(stack, "ada")
    ada.join()
    before = ada.get("/v1/tasks/assignments")
    assert before.headers["Sunset"] == "Wed, 30 Jun 2027 00:00:00 GMT"

    stack.restart(CAMPUS_VERSION_DATES=PAST)
    gone = ada.get("/v1/tasks/assignments", 410)
    assert gone.json["error"]["code"] == "VERSION_SUNSET"
    guide = gone.json["error"]["details"]["migrationGuide"]
    assert stack.call("GET", guide, Accept="text/markdown").text.startswith("# From v1 to v2")
    assert ada.get("/v2/tasks/assignments").headers["X-Supported-Versions"] == "v2"
    assert "Sunset" not in ada.get("/v2/tasks/assignments").headers
