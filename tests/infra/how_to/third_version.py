"""A third version of the API, in a scratch copy: v3 calls a device's `platform` `system`, and takes
its push token as `pushAddress`."""

from tests.infra.how_to.scratch import Scratch

CHANGES = {
    "shared/versions.py": (('    Version("v2"),\n', '    Version("v2"),\n    Version("v3"),\n'),),
    "functions/users/models.py": (
        (
            "    platform: Platform\n\n\nclass NewDevice",
            "    system: Platform\n\n\nclass NewDevice",
        ),
        (
            "    token: Annotated[Text, Field(min_length=8",
            "    push_address: Annotated[Text, Field(min_length=8",
        ),
    ),
    "functions/users/devices.py": (("token=body.token", "token=body.push_address"),),
    "functions/users/devices.sql": (("select id, platform,", "select id, platform as system,"),),
}
STEP = '''

class DeviceWords(Change):
    """A device's `platform` became `system`, and its `token` became `pushAddress`."""

    older, newer = "v2", "v3"
    models = (Device, NewDevice)
    edits = (
        Rename(newer="push_address", older="token"),
        Rename(newer="system", older="platform"),
    )
'''
TESTS = '''"""One route in three versions."""

import pytest

from tests.campus import Campus, User

TOKEN = "ExponentPushToken[3kTMd9mJ3qv7WvZ0h1nSga]"
PATH = "users/me/devices"
COMMON = {"v1": {"id", "created_at", "updated_at"}, "v2": {"id", "createdAt", "updatedAt"}}
COMMON["v3"] = COMMON["v2"] | {"version"}
COMMON["v2"] = COMMON["v3"]


@pytest.mark.parametrize(
    ("version", "sent", "told"),
    [
        ("v1", "push_token", "platform"),
        ("v2", "token", "platform"),
        ("v3", "pushAddress", "system"),
    ],
)
def test_each_version_has_its_own_words(campus: Campus, user: User, version, sent, told):
    path = f"/{version}/{PATH}"
    answer = campus.call("PUT", f"{path}/ios", user, {sent: TOKEN})
    assert answer.data.keys() == COMMON[version] | {told}
    assert answer.data[told] == "ios"
    assert answer.headers["ETag"].startswith(f'"{version}-')
    assert answer.headers["X-Supported-Versions"] == "v1, v2, v3"
    [listed] = campus.call("GET", path, user).data
    assert listed == answer.data
    [sparse] = campus.call("GET", f"{path}?fields={told}", user).data
    assert sparse.keys() == {"id", told}


@pytest.mark.parametrize(
    ("version", "status", "name"),
    [("v1", 400, "push_token"), ("v2", 422, "token"), ("v3", 422, "pushAddress")],
)
def test_each_version_tells_faults_in_its_own_words(campus, user, version, status, name):
    for body in ({name: 7}, {name: "short"}, {}):
        answer = campus.call("PUT", f"/{version}/{PATH}/ios", user, body)
        assert answer.status == status
        [error] = answer.json["error"]["details"]["errors"]
        assert error["pointer"] == f"/{name}"


def test_a_name_of_the_newest_version_is_unknown_to_those_before(campus: Campus, user: User):
    body = {"token": TOKEN, "pushAddress": TOKEN}
    answer = campus.call("PUT", f"/v2/{PATH}/ios", user, body)
    assert answer.status == 422
    [error] = answer.json["error"]["details"]["errors"]
    assert (error["pointer"], error["code"]) == ("/pushAddress", "extra_forbidden")
    body = {"push_token": TOKEN, "token": "x", "pushAddress": 7}
    assert campus.call("PUT", f"/v1/{PATH}/ios", user, body).status == 200
'''


def add_third_version(scratch: Scratch) -> str:
    """Make v3 the newest version. Returns the path of tests of all three."""
    for path, edits in CHANGES.items():
        place = scratch.root / path
        text = place.read_text()
        for before, after in edits:
            assert before in text, f"{path} has no {before!r}"
            text = text.replace(before, after)
        place.write_text(text)
    changes = scratch.root / "functions/users/changes.py"
    changes.write_text(changes.read_text() + STEP)
    tests = scratch.root / "tests/functions/users/test_three_versions.py"
    tests.write_text(TESTS)
    return str(tests.relative_to(scratch.root))
