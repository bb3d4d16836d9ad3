"""Begins a function, whose modules are all in one file. An artifact has this as `functions`.

What compresses an artifact finds more to share in one large file than in a hundred small ones. Each
module has the name and the path that it has in the repository, so that it finds the files beside
it, and a traceback points there.
"""

import json
import sys
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

NAME = "modules.json"
ROOT = Path(__file__).parent.parent


class Packed:
    """Finds and loads the modules of the file: their source by path."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Where a module is, if it is one of these."""
        file = name.replace(".", "/") + ".py"
        if file not in self._sources:
            return None
        # pyright asks for load_module, which Python has not called for years.
        return spec_from_file_location(name, ROOT / file, loader=self)  # pyright: ignore[reportArgumentType]

    def create_module(self, spec: ModuleSpec) -> None:
        """Python's own kind of module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run it."""
        exec(self.get_code(module.__name__), module.__dict__)  # noqa: S102 (what an import is)

    def get_code(self, name: str) -> CodeType:
        """Compiled, once for each environment: Lambda's files cannot be written."""
        file = name.replace(".", "/") + ".py"
        return compile(self._sources[file], str(ROOT / file), "exec", dont_inherit=True)

    def get_source(self, name: str) -> str:
        """For tracebacks."""
        return self._sources[name.replace(".", "/") + ".py"]


if (ROOT / NAME).exists():
    sys.meta_path.insert(0, Packed(json.loads((ROOT / NAME).read_text(encoding="utf-8"))))
