"""A person whom the user pool knows and the database does not: the first request makes the account.

It may arrive in any function; each runs here as it is deployed, alone in its process."""

import json
import os
import subprocess
import sys

import pytest

from shared.ids import uuid7
from tests.campus import Campus, handlers
from tests.gateway import gateway_event
from tests.people import User

PROGRAM = """
import importlib, json, sys
from types import SimpleNamespace
from shared import arrivals, aws

path, event, profile = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
aws._clients["events"] = SimpleNamespace(put_events=lambda Entries: {"Entries": [{}]})
arrivals.pool_profile = lambda token: profile
print(json.dumps(importlib.import_module(path).handle(event, None)))
"""
ENTRANCES = {
    name: next(r for r in handle.api.table.routes if r.method == "GET" and r.access == "user"
               and r.database and not r.roles and not r.parameters and "v2" in r.versions)
    for name, handle in handlers().items()
    if any(r.access == "user" and not r.roles and r.database for r in handle.api.table.routes)
}  # fmt: skip


@pytest.mark.parametrize("function", ENTRANCES)
def test_the_first_request_of_a_new_person_is_served_by_any_function(
    campus: Campus, function: str
) -> None:
    subject = str(uuid7())
    person = User(uuid7(), f"{subject}@example.com", subject)
    event = gateway_event(
        "GET", f"/v2{ENTRANCES[function].path}", person, None, None, None, campus.address
    )
    profile = {"subject": subject, "email": person.email, "first_name": "A", "last_name": "B"}
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"functions.{function}.handler", json.dumps(event),
         json.dumps(profile)],
        env={**os.environ, "PYTHONPATH": os.getcwd()}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = json.loads(made.stdout.splitlines()[-1])
    assert answer["statusCode"] == 200, answer["body"]
    told = campus.rows(
        "select type from event e join identity i using (user_id) where i.subject = %s", subject
    )
    assert told == [("user.created",)]
