"""Every route answers in the envelope of the version it was called in: with success, and without.

Generated from the routes. A GET route for which a domain's `things.py` does not suffice fails here.
"""

from typing import Any

import pytest

from shared.routing import Route
from shared.versions import versions
from tests.campus import Answer, Campus, User, somewhere
from tests.proofs.planting import Plot
from tests.proofs.published import data_schema, promised
from tests.proofs.recipes import needed
from tests.proofs.routes import every_route, path_of, route_id
from tests.things import domain_of, place

VERSIONED = [(version, route) for _, version, route in every_route() if version]
GETS = [item for item in VERSIONED if item[1].method == "GET"]
LISTS = [route for route in promised() if route.result_is_page]
PAGINATION = {"page", "page_size", "total", "total_pages", "has_next_page", "has_previous_page"}


@pytest.fixture(scope="module")
def someone(campus: Campus) -> User:
    return campus.user(role="admin", tier="premium")


@pytest.fixture(scope="module")
def known(campus: Campus, someone: User) -> Plot:
    return Plot(campus, someone)


def check_headers(version: str, answer: Answer) -> None:
    assert answer.headers["X-API-Version"] == version
    assert answer.headers["X-Latest-Version"] == "v2"
    deprecated = {"Deprecation", "Sunset", "Link", "X-Migration-Guide"} <= answer.headers.keys()
    assert deprecated == versions()[version].is_deprecated


@pytest.mark.parametrize(("version", "route"), GETS, ids=route_id)
def test_a_successful_answer_has_the_envelope_of_its_version(
    campus: Campus, someone: User, known: Plot, version: str, route: Route
):
    asked = needed(route, versions()[version])
    answer = campus.call("GET", f"{path_of(version, route, known.values(route))}?{asked}", someone)
    where = f"{route.path}?{asked}: are VALUES and QUERIES of {place(domain_of(route))} right?"
    assert answer.status == 200, f"{where} {answer.text[:300]}"
    body: dict[str, Any] = answer.json
    check_headers(version, answer)
    if version == "v1":
        page = {"pagination"} if route.result_is_page else set()
        assert body.keys() == {"success", "data", "meta"} | page
        assert body["success"] is True
        assert body["meta"].keys() == {"timestamp", "version", "request_id"}
        assert body["meta"]["version"] == "v1"
        assert body.get("pagination", {}).keys() == (PAGINATION if page else set())
    else:
        page = {"pageInfo"} if route.result_is_page else set()
        assert body.keys() == {"data"} | page
        assert body.get("pageInfo", {}).keys() == ({"hasNextPage", "endCursor"} if page else set())


@pytest.mark.parametrize(("version", "route"), VERSIONED, ids=route_id)
def test_a_refusal_has_the_envelope_of_its_version(campus: Campus, version: str, route: Route):
    campus.address = somewhere()
    headers = {"Authorization": "Bearer nonsense"}
    answer = campus.call(route.method, path_of(version, route), None, None, headers)
    assert answer.status in (400, 401, 415), answer.text
    check_headers(version, answer)
    meta = {"meta"} if version == "v1" else set()
    assert answer.json.keys() == {"success", "error", "requestId", "timestamp"} | meta
    assert answer.json["success"] is False
    assert answer.json["error"].keys() == {"code", "message", "details"}


@pytest.mark.parametrize("route", LISTS, ids=route_id)
def test_a_list_of_v1_gives_any_of_its_own_fields_alone(
    campus: Campus, someone: User, known: Plot, route: Route
):
    path = path_of("v1", route, known.values(route))
    for name in data_schema(route)["properties"]:
        answer = campus.call("GET", f"{path}?fields={name}", someone)
        assert answer.status == 200, (name, answer.text)
        assert all(item.keys() <= {"id", name} for item in answer.data)
    unknown = campus.call("GET", f"{path}?fields=deletedBy", someone)
    assert (unknown.status, unknown.error) == (400, "VALIDATION_ERROR")
