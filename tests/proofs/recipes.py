"""What a successful call of each GET route needs: values for its path, queries for its filters."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from functions.health.documents import _page
from shared.ids import uuid7
from shared.routing import Route
from shared.versions import Version, spelled
from tests.campus import Campus, User
from tests.proofs.planting import Plot

KEY = {"Idempotency-Key": "recipe"}


def values(campus: Campus, user: User) -> dict[str, str]:
    """A value for each path parameter, of things that `user` has. A route whose parameters are not
    all here fails the tests that call it: add what it needs."""
    plot = Plot(campus, user)
    course = plot.plant("course")
    key = {"name": "recipe", "scopes": ["*"]}
    made = campus.call("POST", "/v2/users/me/api-keys", user, key, KEY)
    assert made.status == 201, made.text
    return {
        "course_id": course,
        "assignment_id": plot.plant("assignment", courseId=course),
        "lecture_id": plot.plant("lecture", courseId=course),
        "study_session_id": plot.plant("study_session", courseId=course),
        "api_key_id": made.data["id"],
        "user_id": str(user.id),
        "name": f"ada{uuid7().hex[-8:]}",
        "version": "v1",
        "asset": _page()["assets"][0]["name"],
        "token": "nobody",
    }


def queries(route: Route, version: Version, ids: list[str], words: str) -> Iterator[str]:
    """Query strings that use each filter alone: known ids, every choice, wide ranges, `words`."""
    yield ""
    if route.query is None:
        return
    for name, info in route.query[1].model_fields.items():
        if name in ("limit", "cursor", "sort", "fields"):
            continue
        for value in _values(name, info.annotation, ids, words):
            yield f"{spelled(version, route.query[1], (name,))[1:]}={value}"


def _values(name: str, annotation: Any, ids: list[str], words: str) -> Iterator[str]:
    kinds = list(_leaves(annotation))
    choices = [
        str(choice) for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)
    ]
    if choices:
        yield ",".join(choices)
    elif bool in kinds:
        yield from ("true", "false")
    elif UUID in kinds:
        yield from (",".join(ids[at : at + 40]) for at in range(0, len(ids), 40))
    elif name.endswith(("after", "before")):
        yield "2000-01-01T00:00:00Z" if name.endswith("after") else "2190-01-01T00:00:00Z"
    elif str in kinds:
        yield words


def _leaves(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin in (Union, UnionType, list):
        for part in get_args(annotation):
            yield from _leaves(part)
    else:
        yield annotation
