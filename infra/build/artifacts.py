"""A function's artifact: its own folder, the events and the shared layer, nothing else.

An edit in one domain therefore changes one artifact, and only that function is deployed again.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

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
    for file in files_of(domain):
        copy = target / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".py":
            copy.write_text(slim(file.read_text()))
        else:
            shutil.copyfile(file, copy)


def domain_of(logical_id: str) -> str:
    """The folder below functions/ of a function: TasksFunction is `tasks`."""
    return logical_id.removesuffix("Function").lower()


def files_of(domain: str) -> Iterator[Path]:
    """The files of a function's artifact, sorted, so that every build gives the same one."""
    yield ROOT / "functions" / "__init__.py"
    for folder in (f"functions/{domain}", "events", "shared"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and _is_deployed(file.relative_to(ROOT)):
                yield file


def _is_deployed(path: Path) -> bool:
    if path.name.startswith(".") or not NEVER_READ.isdisjoint(path.parts):
        return False
    return path.suffix != ".md" or is_served(path)


def is_served(path: Path) -> bool:
    """Whether a path in an artifact is a document that is handed out as it is."""
    return path.as_posix().startswith(SERVED)
