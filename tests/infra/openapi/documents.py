"""Stored things as a statement would return them, generated from the models' types."""

import types
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from hypothesis import strategies as st

from functions.tasks.fields import LocalTime
from shared.models import Model

_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(min_size=1, max_size=20),
    int: st.integers(0, 10_000),
    float: st.floats(0, 1000, allow_nan=False),
    bool: st.booleans(),
    UUID: st.uuids(),
    datetime: st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
        lambda moment: moment.replace(tzinfo=UTC)
    ),
    date: st.dates(date(2000, 1, 1), date(2100, 1, 1)),
}
_TEXTS = (str, str | None)
# Texts that the database holds to a form of their own.
_NAMED: dict[str, st.SearchStrategy[Any]] = {
    "timezone": st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    "recurrence": st.sampled_from(["FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;INTERVAL=2;COUNT=2"]),
    "start_local": st.just(datetime(2027, 1, 15, 10)),
}


def documents(model: type[Model]) -> st.SearchStrategy[dict[str, Any]]:
    """Fields of a model with any values of their types; models inside are dicts, as jsonb is."""
    return st.fixed_dictionaries(
        {
            name: _NAMED[name]
            if name in _NAMED and info.annotation in (*_TEXTS, datetime)
            else _values(info.annotation)
            for name, info in model.model_fields.items()
        }
    )


def _values(annotation: Any) -> st.SearchStrategy[Any]:
    if annotation is None or annotation is type(None):
        return st.none()
    if annotation == LocalTime:
        return st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _values(arguments[0])
    if origin in (Union, types.UnionType):
        return st.one_of(*map(_values, arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (list, tuple):
        return st.lists(_values(arguments[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(st.text(max_size=5), _values(arguments[1]), max_size=2)
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return documents(annotation)
    return _PLAIN.get(annotation, st.just({}))
