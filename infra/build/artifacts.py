"""A function's artifact: its own folder, the shared layer and the events that these import.

An edit in one domain therefore changes one artifact, and only that function is deployed again.
"""

import ast
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra.build import packed
from infra.build.slim import slim

ROOT = Path(__file__).resolve().parents[2]
# Documents that the health function answers with: build output, which its budget leaves out.
SERVED = ("functions/health/openapi/", "functions/health/guides/", "functions/health/page/")
# Contracts and samples of events, published documents that the generator compares with.
NEVER_READ = {"__pycache__", "tests", "schemas", "samples", "frozen"}


def build_function(logical_id: str, target: Path) -> None:
    """Put the artifact of a function of the template into `target`.

    Errors: LookupError when the function has no folder.
    """
    domain = domain_of(logical_id)
    if not (ROOT / "functions" / domain).is_dir():
        raise LookupError(f"{logical_id}: there is no folder functions/{domain}")
    sources: dict[str, str] = {}
    for file in files_of(domain):
        path = file.relative_to(ROOT).as_posix()
        if file.suffix == ".py" and file.name != "__init__.py":
            sources[path] = slim(file.read_text())
            continue
        copy = target / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    (target / packed.NAME).write_text(json.dumps(sources, ensure_ascii=False), encoding="utf-8")
    begin = Path(packed.__file__).read_text()
    (target / "functions" / "__init__.py").write_text(slim(begin))


def domain_of(logical_id: str) -> str:
    """The folder below functions/ of a function: TasksFunction is `tasks`."""
    return logical_id.removesuffix("Function").lower()


def files_of(domain: str) -> Iterator[Path]:
    """The files of a function's artifact, sorted, so that every build gives the same one."""
    yield ROOT / "functions" / "__init__.py"
    own = [*_deployed(f"functions/{domain}"), *_deployed("shared")]
    yield from own
    yield from sorted(_events_for(own))


def _deployed(folder: str) -> Iterator[Path]:
    for file in sorted((ROOT / folder).rglob("*")):
        if file.is_file() and _is_deployed(file.relative_to(ROOT)):
            yield file


def _events_for(files: Iterable[Path]) -> set[Path]:
    """The modules of events that Python files import, and what those import in turn."""
    found = {ROOT / "events" / "__init__.py"}
    waiting = [file for file in files if file.suffix == ".py"]
    while waiting:
        for name in _imported(waiting.pop()):
            module = (ROOT / name.replace(".", "/")).with_suffix(".py")
            if name.startswith("events.") and module not in found and module.is_file():
                found.add(module)
                waiting.append(module)
    return found


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _is_deployed(path: Path) -> bool:
    if path.name.startswith(".") or not NEVER_READ.isdisjoint(path.parts):
        return False
    return path.suffix != ".md" or is_served(path)


def is_served(path: Path) -> bool:
    """Whether a path in an artifact is a document that is handed out as it is."""
    return path.as_posix().startswith(SERVED)
