"""The table of a function's routes. Finding one is a short walk down a tree."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

from shared.errors import Refusal
from shared.ids import canonical_uuid
from shared.routing import OLD_PATHS, Route, Routes, variable


@dataclass(slots=True, eq=False, repr=False)
class _Node:
    exact: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])
    ending: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])
    parameter: "_Node | None" = None
    methods: dict[str, tuple[Route, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[Route, tuple[str, ...]]]
    )


class Table:
    """All routes of a function, found by version, method and path.

    `later` maps the beginnings of paths to modules that most environments never need. A module is
    imported by the first request below its path, all of them by the first old name.
    """

    def __init__(self, groups: Iterable[Routes], later: Mapping[str, str] | None = None) -> None:
        self.groups, self.later = tuple(groups), dict(later or {})
        self.loaded: list[Route] = []
        self._roots: dict[str, _Node] = {}
        self._unlisted: list[Route] = []  # those whose old names nobody has asked for yet
        self._missing = {tuple(_segments(path)): module for path, module in self.later.items()}
        self._lengths = _lengths(self._missing)
        self._loading = threading.Lock()
        for group in self.groups:
            self._add(group)

    @property
    def routes(self) -> list[Route]:
        """Every route, for documents and proofs."""
        self._list_old_names()
        return self.loaded

    def find(self, version: str, method: str, path: str) -> tuple[Route, dict[str, Any]]:
        """The route and its path parameters. Errors: NOT_FOUND, METHOD_NOT_ALLOWED with Allow."""
        node, values = self._node(version, path)
        if node is None or not node.methods:
            raise Refusal("NOT_FOUND")
        wanted = "GET" if method == "HEAD" else method
        if wanted not in node.methods:
            raise Refusal("METHOD_NOT_ALLOWED", headers={"Allow": allowed(node.methods)})
        route, names = node.methods[wanted]
        return route, typed(route, dict(zip(names, values, strict=True)))

    def methods(self, version: str, path: str) -> str:
        """The `Allow` value of a path, empty when there is no such path."""
        node, _ = self._node(version, path)
        return allowed(node.methods) if node and node.methods else ""

    def _node(self, version: str, path: str) -> tuple[_Node | None, list[str]]:
        if path.startswith(OLD_PATHS):
            self._list_old_names()
        parts = _segments(path)
        if self._missing and len(parts) >= _shortest(self._lengths, parts):
            self._load(parts)
        return self._walk(self._roots.get(version), parts)

    def _load(self, parts: list[str] | None) -> None:
        """Import what serves a path, everything for None."""
        with self._loading:  # locally an environment is a thread, and threads share the table
            wanted = [
                m for begin, m in self._missing.items() if parts is None or _below(begin, parts)
            ]
            for module in dict.fromkeys(wanted):
                for held in vars(import_module(module)).values():
                    if isinstance(held, Routes):
                        self._add(held)
                self._missing = {b: m for b, m in self._missing.items() if m != module}
                self._lengths = _lengths(self._missing)

    def _add(self, group: Routes) -> None:
        for route in group.routes:
            self.loaded.append(route)
            for version in route.versions or ("",):
                self._insert(version, route.method, route.path, route)
            if route.old:
                self._unlisted.append(route)

    def _list_old_names(self) -> None:
        """Every old name of every route: there are more of them than routes, and few requests."""
        self._load(None)
        with self._loading:
            while self._unlisted:
                route = self._unlisted.pop()
                for version in route.versions or ("",):
                    for old in route.old:
                        for method in old.taken(route.method):
                            self._insert(version, method, OLD_PATHS + old.name, route)

    def _insert(self, version: str, method: str, path: str, route: Route) -> None:
        node = self._roots.get(version) or self._roots.setdefault(version, _Node())
        names: list[str] = []
        for part in path.split("/")[1:]:
            name, ending = variable(part) if part.startswith("{") else ("", "")
            if name:
                names.append(name)
            if name and not ending:
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                known, key = (node.ending, ending) if name else (node.exact, part)
                node = known.get(key) or known.setdefault(key, _Node())
        if method in node.methods:
            raise ValueError(f"{method} {path} is defined twice")
        node.methods[method] = (route, tuple(names))

    def _walk(self, node: _Node | None, parts: list[str]) -> tuple[_Node | None, list[str]]:
        values: list[str] = []
        for part in parts:
            if node is None:
                return None, values
            following = node.exact.get(part)
            if following is None and part:
                ending = next(filter(part.endswith, node.ending), "")
                following = node.ending[ending] if ending else node.parameter
                values.append(part.removesuffix(ending))
            node = following
        return node, values


def _lengths(paths: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """How long the shortest path is with this second segment (`{` for any): most requests are
    below none of them, and this says so at once."""
    found: dict[str, int] = {}
    for path in paths:
        second = "{" if len(path) < 2 or path[1].startswith("{") else path[1]
        found[second] = min(len(path), found.get(second, len(path)))
    return found


def _shortest(lengths: Mapping[str, int], parts: list[str]) -> int:
    second = parts[1] if len(parts) > 1 else "{"
    return min(lengths.get("{", len(parts) + 1), lengths.get(second, len(parts) + 1))


def _below(begin: tuple[str, ...], parts: list[str]) -> bool:
    """Whether a path is at or below one that may have parameters."""
    if len(parts) < len(begin):
        return False
    for known, part in zip(begin, parts, strict=False):
        if known != part and not known.startswith("{"):
            return False
    return True


def allowed(methods: Iterable[str]) -> str:
    """The value of the header Allow."""
    found = set(methods)
    extra = {"OPTIONS"} | ({"HEAD"} if "GET" in found else set[str]())
    return ", ".join(sorted(found | extra))


def _segments(path: str) -> list[str]:
    """The segments of a path. The gateway has percent-decoded it; doing that twice would let
    `%252e` mean what `%2e` means."""
    return path.split("/")[1:]


def typed(route: Route, values: Mapping[str, str]) -> dict[str, Any]:
    """Path parameters in the types of the signature; what cannot be one names no record."""
    found: dict[str, Any] = {}
    for name, text in values.items():
        value: Any = canonical_uuid(text) if route.parameters[name] is UUID else text
        if value is None or len(text) > 512 or "\x00" in text:
            raise Refusal("NOT_FOUND")
        found[name] = value
    return found
