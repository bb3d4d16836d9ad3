"""The schema of an older version's model, from the newest one and the edits of its changes.

What `Change.downgraded` and `Change.upgraded` do to documents happens here to their schemas. The
tests hold the two together: real documents of the older version validate against these schemas.
"""

from collections.abc import Callable, Iterable
from typing import Any

from shared.versions import Change, OnlyNewer, OnlyOlder, Rename

Json = dict[str, Any]
TypeSchema = Callable[[Any], Json]


def older_schema(
    schema: Json, steps: Iterable[type[Change]], type_schema: TypeSchema, *, answers: bool
) -> Json:
    """An object's schema after `steps`, in downgrade order.

    `type_schema` turns an edit's `older_type` into a schema; `answers` tells responses, where
    computed fields are always there, from requests, where they may be left out.
    """
    properties = dict(schema.get("properties", {}))
    required = list(schema.get("required", []))
    for change in steps:
        properties, required = _stepped(change, properties, required, type_schema, answers)
    result = {**schema, "properties": properties, "required": required}
    return {name: value for name, value in result.items() if value or name != "required"}


def _stepped(
    change: type[Change], properties: Json, required: list[str], types: TypeSchema, answers: bool
) -> tuple[Json, list[str]]:
    gone: set[str] = set()
    added: Json = {}
    needed: list[str] = []
    for edit in change.edits:
        if isinstance(edit, OnlyOlder):
            if edit.downgrade if answers else edit.upgrade:
                added[edit.older] = types(edit.older_type)
                needed += [edit.older] if answers else []
        elif edit.newer in properties:
            gone.add(edit.newer)
            if isinstance(edit, OnlyNewer):
                continue
            needed += [edit.older] if edit.newer in required else []
            added[edit.older] = _successor(edit, properties[edit.newer], types)
    kept = {name: value for name, value in properties.items() if name not in gone}
    still = [name for name in required if name not in gone]
    return {**kept, **added}, [*still, *(name for name in needed if name not in still)]


def _successor(edit: Any, newer: Json, types: TypeSchema) -> Json:
    if isinstance(edit, Rename):
        return newer
    return types(edit.older_type)
