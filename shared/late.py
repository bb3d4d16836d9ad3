"""Packages whose own start waits until somebody needs it.

A package's `__init__` may import much more than a function uses of it: all of psycopg's cursors and
its asynchronous half, and asyncio with subprocesses and TLS streams for them. What that costs of a
cold start, and why it is done, is in docs/decisions/0025-cold-start.md.
"""

import sys
import threading
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_lock = threading.RLock()


class _Late(ModuleType):
    """Its submodules can be imported. Asked for anything else, it starts and is an ordinary one."""

    def __getattr__(self, name: str) -> Any:
        with _lock:
            if type(self) is _Late:
                if "__path__" in vars(self) and find_spec(f"{self.__name__}.{name}"):
                    raise AttributeError(name)  # the import statement then finds the submodule
                loader: Any = self.__loader__
                self.__class__ = ModuleType  # pyright: ignore[reportAttributeAccessIssue]
                loader.exec_module(self)
        return getattr(self, name)


def put_off(name: str) -> ModuleType:
    """The module as it is, or else one that starts when it is asked for what only its start makes.

    Errors: ModuleNotFoundError, for a package that is not installed.
    """
    if name not in sys.modules:
        spec = find_spec(name)
        if spec is None:
            raise ModuleNotFoundError(name)
        module = module_from_spec(spec)
        module.__class__ = _Late
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(import_module(parent), child, module)
    return sys.modules[name]
