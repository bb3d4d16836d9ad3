"""The guards of shared/, found by their syntax, and the code without one of them.

A guard is
- a condition under which something is raised, and in security code every condition of an `if`:
  without it the condition never holds (of several joined by `or`, each is a guard); one in security
  code that is a call, before something is done, also holds always;
- any other `raise`: without it nothing happens;
- in security code, each part of an `and` that is assigned or returned, and each comparison in
  constant time: without it the part always holds;
- in SQL, each part of a `where`, `on conflict` and `for update`: without it the part is not there.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.mutants.sql_guards import BEGINNINGS, conditions

ROOT = Path(__file__).parents[2]
# What decides who gets in, how often, and what is told once: the gate, its proofs, the delivery.
SECURITY = (
    *("arrivals", "clients", "cursors", "gate", "identity", "limits", "permission", "sealing"),
    *("outbox", "signing", "work"),
)
# Here a call's answer decides whether something is done that cannot be taken back.
TOLD = ("clients", "outbox", "work")


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard: where, what it says, and the lines that run when it holds somebody up.

    `node` is its place in the module's tree, `removed` how it goes; for SQL, `statement` is the
    name and `without` the text that is left.
    """

    path: str
    scope: str
    text: str
    line: int
    reached: tuple[int, ...] = ()
    node: int = -1
    removed: str = ""
    statement: str = ""
    without: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it as long as its code stays."""
        return self.path, self.scope, self.text


def find_guards() -> list[Guard]:
    """All guards of shared/, in the order of files and lines. Twins are numbered."""
    found: list[Guard] = []
    for path in sorted((ROOT / "shared").iterdir()):
        name = str(path.relative_to(ROOT))
        if path.suffix == ".py":
            found += sorted(_of_module(name, path.read_text()), key=lambda guard: guard.line)
        elif path.suffix == ".sql":
            found += _of_statements(name, path.read_text())
    return list(_numbered(found))


def _numbered(guards: list[Guard]) -> Iterator[Guard]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for guard in guards:
        seen[guard.key] += 1
        number = seen[guard.key]
        yield replace(guard, text=f"{guard.text} ({number})") if number > 1 else guard


def _of_module(path: str, source: str) -> Iterator[Guard]:
    tree = ast.parse(source)
    places = {id(node): number for number, node in enumerate(ast.walk(tree))}
    scopes = _scopes(tree)
    security, told = Path(path).stem in SECURITY, Path(path).stem in TOLD
    conditional = {id(node.body[-1]) for node in ast.walk(tree) if isinstance(node, ast.If)}
    for node in ast.walk(tree):
        plain = _raises(node) and id(node) not in conditional
        parts = [(node, "forgotten", (node.lineno,))] if plain else _parts(node, security, told)
        for part, removed, reached in parts:
            text = " ".join(ast.unparse(part).split())
            scope, line = scopes[id(part)], part.lineno
            yield Guard(path, scope, text, line, reached, places[id(part)], removed)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            yield from _of_text(path, node, places[id(node.value)])


def _scopes(tree: ast.Module) -> dict[int, str]:
    """The dotted name of what each node is in."""
    found: dict[int, str] = {}

    def enter(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            found[id(child)] = name
            inner = name
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{name}.{child.name}".lstrip(".")
            enter(child, inner)

    enter(tree, "")
    return found


Part = tuple[ast.AST, str, tuple[int, ...]]


def _parts(node: ast.AST, security: bool, told: bool) -> Iterator[Part]:
    if isinstance(node, ast.If):
        last = node.body[-1]
        if _raises(last) or security:
            for part in _joined(node.test, ast.Or):
                yield part, "never", (last.lineno,)
        if told and isinstance(node.test, ast.Call) and not _leaves(last):
            yield node.test, "always", (node.lineno,)
    elif security and isinstance(node, ast.Assign | ast.Return) and node.value:
        parts = _joined(node.value, ast.And)
        if len(parts) > 1 or "compare_digest" in ast.unparse(node.value):
            lines = tuple(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            yield from ((part, "always", lines) for part in parts)


def _raises(node: ast.AST) -> bool:
    """Whether it refuses somebody. An AssertionError says what cannot be."""
    return isinstance(node, ast.Raise) and "AssertionError" not in ast.unparse(node)


def _leaves(node: ast.AST) -> bool:
    return isinstance(node, ast.Return | ast.Raise)


def _joined(node: ast.expr, by: type[ast.boolop]) -> list[ast.expr]:
    return node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, by) else [node]


def _of_text(path: str, node: ast.Assign, place: int) -> Iterator[Guard]:
    """SQL that a module keeps as a constant."""
    value, target = node.value, node.targets[0]
    assert isinstance(value, ast.Constant)
    if isinstance(value.value, str) and value.value.startswith(BEGINNINGS):
        assert isinstance(target, ast.Name)
        for text, without in conditions(value.value):
            yield Guard(path, target.id, text, node.lineno, (), place, "text", target.id, without)


def _of_statements(path: str, source: str) -> Iterator[Guard]:
    from shared.sql import parse

    for statement in parse(source):
        line = source[: source.index(f"-- name: {statement.name}\n")].count("\n") + 1
        for text, without in conditions(statement.text):
            yield Guard(path, statement.name, text, line, (), -1, "text", statement.name, without)


class _Without(ast.NodeTransformer):
    def __init__(self, target: ast.AST, removed: str, without: str) -> None:
        self.target = target
        self.removed = removed
        self.without = without

    def visit(self, node: ast.AST) -> ast.AST:
        if node is not self.target:
            return self.generic_visit(node)
        if self.removed == "forgotten":
            assert isinstance(node, ast.stmt)
            return ast.If(ast.Constant(False), [node], [])
        if self.removed == "text":
            return ast.Constant(self.without)
        assert isinstance(node, ast.expr)
        # What it names stays named, so that closures keep their variables.
        if self.removed == "never":
            return ast.BoolOp(ast.And(), [node, ast.Constant(False)])
        return ast.BoolOp(ast.Or(), [node, ast.Constant(True)])


def without(guard: Guard) -> ast.Module:
    """The module without one of its guards."""
    tree = ast.parse((ROOT / guard.path).read_text())
    target = list(ast.walk(tree))[guard.node]
    changed = _Without(target, guard.removed, guard.without).visit(tree)
    return ast.fix_missing_locations(changed)
