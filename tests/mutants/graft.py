"""Put a guard's absence into this process: functions get the code of the module without it.

All that holds a function (routes, validators, caches, closures) then runs the new code.
"""

import gc
import sys
from types import CodeType, FunctionType

from shared.sql import Queries, Statement
from tests.mutants.guards import ROOT, Guard, without


def remove(guard: Guard) -> None:
    """Live without a guard from now on."""
    if guard.path.endswith(".sql"):
        for queries in _living(Queries):
            held: dict[str, Statement] = queries._statements
            known = held.get(guard.statement)
            if known and known.text in _texts(guard):
                held[guard.statement] = known._replace(text=guard.without)
    elif guard.statement:
        module = sys.modules[guard.path.removesuffix(".py").replace("/", ".")]
        setattr(module, guard.statement, guard.without)
    else:
        _replace_code(guard)


def _texts(guard: Guard) -> set[str]:
    from shared.sql import parse

    return {statement.text for statement in parse((ROOT / guard.path).read_text())}


def _replace_code(guard: Guard) -> None:
    file = str(ROOT / guard.path)
    codes = dict(_codes(compile(without(guard), file, "exec")))
    for function in _living(FunctionType):
        code = function.__code__
        if code.co_filename == file and (new := codes.get(_name(code))):
            function.__code__ = new


def _living(kind: type) -> list:
    # Functions in tuples alone are untracked by nothing: gc knows every function and slots object.
    return [found for found in gc.get_objects() if type(found) is kind]


def _codes(code: CodeType):
    yield _name(code), code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _name(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno
