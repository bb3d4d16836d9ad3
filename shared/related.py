"""Related data in the same answer: `GET /tasks/assignments?include=course`.

The statement says how it is read beside each of its rows, which is `page`; the model of the answer
says what it is, one or a list; the query says which may be asked for.

    -- include course: select * from course_brief where id = page.course_id

    course: CourseBrief | None = INCLUDED                       # in the answer's model
    include: Include[Literal["course"]] | None = None           # in the query's

It is one statement, whatever is included and however many rows there are, so what is shown together
was there together. Row security and `deleted_at` hold as in every statement: what is gone or not
for the caller's eyes is null, or missing in the list. The columns are the fields of the model.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, get_args, get_origin

from shared.models import Model, nested_models
from shared.sql import Statement


def added(statement: Statement, model: type[Model], names: Iterable[str], text: str) -> str:
    """The SQL of a list or of one row with a column more, ahead of its own, for each name."""
    columns = ", ".join(
        _column(statement.includes[name], name, several=_is_list(model, name)) for name in names
    )
    return f"select {columns}, page.* from (\n{text}\n) as page"  # noqa: S608 (our own text)


def read(model: type[Model], names: Iterable[str], document: dict[str, Any]) -> None:
    """Put what was read as JSON into the types of the fields."""
    for name in names:
        inner, value = nested_models(model)[name], document[name]
        if _is_list(model, name):
            document[name] = [_typed(inner, item) for item in value]
        elif value is not None:
            document[name] = _typed(inner, value)


def _column(text: str, name: str, *, several: bool) -> str:
    value = "coalesce(jsonb_agg(related), '[]')" if several else "to_jsonb(related)"
    return f"(select {value} from ({text}) as related) as {name}"  # noqa: S608 (our own text)


def _typed(model: type[Model], value: Any) -> Model:
    return model.model_validate(value, strict=False, by_name=True, by_alias=False)


@cache
def _is_list(model: type[Model], name: str) -> bool:
    annotation = model.model_fields[name].annotation
    return list in (get_origin(annotation), *map(get_origin, get_args(annotation)))
