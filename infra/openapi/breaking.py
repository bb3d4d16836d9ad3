"""What in a new document breaks clients that were written against the old one.

Requests: all that the old document allowed must still be allowed. Answers: all that can come must
be something that the old document told of; new fields are no harm, new values of a known field are.
"""

from collections.abc import Iterator
from typing import Any

from infra.openapi.containment import Side, misfits

Json = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")


def breaking_changes(old: Json, new: Json) -> list[str]:
    """One line a breaking change, in the order of the old document."""
    found = [*_codes(old, new)]
    for path, item in old["paths"].items():
        if path not in new["paths"]:
            found.append(f"{path}: the path is gone")
            continue
        for method in METHODS:
            if method in item:
                found += _operation(f"{method.upper()} {path}", method, path, old, new)
    return list(dict.fromkeys(found))


def _codes(old: Json, new: Json) -> Iterator[str]:
    known = {error["code"]: error["status"] for error in new.get("x-error-codes", [])}
    for error in old.get("x-error-codes", []):
        code, status = error["code"], error["status"]
        if code not in known:
            yield f"error {code}: the code is gone"
        elif known[code] != status:
            yield f"error {code}: its status was {status} and is {known[code]}"


def _operation(name: str, method: str, path: str, old: Json, new: Json) -> Iterator[str]:
    before, after = old["paths"][path][method], new["paths"][path].get(method)
    if after is None:
        yield f"{name}: the operation is gone"
        return
    if before.get("operationId") != after.get("operationId"):
        yield f"{name}: its operationId was {before.get('operationId')}"
    yield from _security(name, before, after, old, new)
    sides = (Side(old), Side(new))
    yield from _parameters(name, before, after, sides)
    yield from _body(name, before.get("requestBody"), after.get("requestBody"), sides)
    yield from _answers(name, before["responses"], after["responses"], sides)


def _security(name: str, before: Json, after: Json, old: Json, new: Json) -> Iterator[str]:
    accepted = [sorted(choice) for choice in before.get("security", old.get("security", []))]
    now = [sorted(choice) for choice in after.get("security", new.get("security", []))]
    if now and not accepted:
        yield f"{name}: it needs credentials now"
    for choice in accepted:
        if now and choice not in now:
            yield f"{name}: {' and '.join(choice) or 'nothing'} is no longer enough to call it"


def _parameters(name: str, before: Json, after: Json, sides: tuple[Side, Side]) -> Iterator[str]:
    was = {_key(sides[0].resolved(p)): sides[0].resolved(p) for p in before.get("parameters", [])}
    now = {_key(sides[1].resolved(p)): sides[1].resolved(p) for p in after.get("parameters", [])}
    for key, parameter in was.items():
        where = f"{name}: {key[0]} parameter {key[1]}"
        if key not in now:
            yield f"{where} is gone"
            continue
        if now[key].get("required") and not parameter.get("required"):
            yield f"{where} is required now"
        for what in ("style", "explode"):
            if parameter.get(what) != now[key].get(what):
                yield f"{where} is written differently ({what})"
        for misfit in misfits(sides[0].at(parameter["schema"]), sides[1].at(now[key]["schema"])):
            yield f"{where} {misfit}"
    for key, parameter in now.items():
        if key not in was and parameter.get("required"):
            yield f"{name}: {key[0]} parameter {key[1]} is new and required"


def _key(parameter: Json) -> tuple[str, str]:
    spelled = parameter["name"]
    return parameter["in"], spelled.lower() if parameter["in"] == "header" else spelled


def _body(
    name: str, before: Json | None, after: Json | None, sides: tuple[Side, Side]
) -> Iterator[str]:
    if before is None or after is None:
        if after is not None and after.get("required"):
            yield f"{name}: a body is required now"
        if before is not None:
            yield f"{name}: it takes no body any more"
        return
    if after.get("required") and not before.get("required"):
        yield f"{name}: the body is required now"
    for kind, content in before["content"].items():
        if kind not in after["content"]:
            yield f"{name}: the body may not be {kind} any more"
            continue
        old, new = content.get("schema", {}), after["content"][kind].get("schema", {})
        for misfit in misfits(sides[0].at(old), sides[1].at(new), both_ways=True):
            yield f"{name}: body{misfit}"


def _answers(name: str, before: Json, after: Json, sides: tuple[Side, Side]) -> Iterator[str]:
    was = {status: sides[0].resolved(answer) for status, answer in before.items()}
    now = {status: sides[1].resolved(answer) for status, answer in after.items()}
    for status, answer in was.items():
        if not status.startswith("2"):
            continue
        if status not in now:
            yield f"{name}: it does not answer {status} any more"
            continue
        for header in answer.get("headers", {}):
            if header not in now[status].get("headers", {}):
                yield f"{name}: {status} has no header {header} any more"
        yield from _contents(f"{name}: {status}", answer, now[status], sides)
    yield from _moved_codes(name, was, now)


def _contents(name: str, before: Json, after: Json, sides: tuple[Side, Side]) -> Iterator[str]:
    for kind, content in before.get("content", {}).items():
        if kind not in after.get("content", {}):
            yield f"{name} is not {kind} any more"
            continue
        old, new = content.get("schema", {}), after["content"][kind].get("schema", {})
        for misfit in misfits(sides[1].at(new), sides[0].at(old), answers=True):
            yield f"{name} body{misfit}"


def _moved_codes(name: str, was: Json, now: Json) -> Iterator[str]:
    """An error that an operation answers with another status than before."""
    statuses = {code: status for status, answer in now.items() for code in _examples(answer)}
    for status, answer in was.items():
        for code in _examples(answer):
            if statuses.get(code, status) != status:
                yield f"{name}: error {code} was {status} and is {statuses[code]}"


def _examples(answer: Json) -> list[str]:
    content = answer.get("content", {}).get("application/json", {})
    named = content.get("examples", {}) if "error" not in content else {}
    return list(named)
