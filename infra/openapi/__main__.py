"""Write the OpenAPI documents and migration guides, or compare two documents.

python -m infra.openapi                 write what follows from the code
python -m infra.openapi --check         fail when what is checked in does not follow from it
python -m infra.openapi diff OLD NEW    fail when NEW breaks clients of OLD, and say how
python -m infra.openapi freeze          keep the documents as the published ones
"""

import json
import sys
from pathlib import Path

from infra.openapi.breaking import breaking_changes
from infra.openapi.document import build
from infra.openapi.guides import changelog, guide_files
from infra.openapi.routes import ROOT
from shared.versions import LATEST, versions

HEALTH = ROOT / "functions" / "health"
OPENAPI, GUIDES, FROZEN = HEALTH / "openapi", HEALTH / "guides", HEALTH / "openapi" / "frozen"


def generated() -> dict[Path, str]:
    """Every file that follows from the code."""
    documents = {name: build(name) for name in versions()}
    older = [version for name, version in versions().items() if name != LATEST.name]
    files = {OPENAPI / f"{name}.json": dumps(content) for name, content in documents.items()}
    texts = {version.name: changelog(version) for version in older}
    files[GUIDES / "changes.json"] = dumps(texts)
    for version in older:
        files |= {GUIDES / name: text for name, text in guide_files(version).items()}
    return files


def dumps(content: object) -> str:
    """JSON as it is checked in."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def write() -> int:
    """Write what follows from the code."""
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def drifted() -> list[Path]:
    """Checked-in files that do not follow from the code."""
    return [
        path
        for path, text in generated().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def check() -> int:
    """Fail when a file has drifted."""
    found = drifted()
    for path in found:
        print(f"{path.relative_to(ROOT)} does not follow from the code: run make fix")
    return 1 if found else 0


def diff(old: Path, new: Path) -> int:
    """Print what breaks clients of `old`."""
    found = breaking_changes(json.loads(old.read_text()), json.loads(new.read_text()))
    for change in found:
        print(change)
    return 1 if found else 0


def freeze() -> int:
    """Keep today's documents as the published ones, which nothing may break any more."""
    FROZEN.mkdir(parents=True, exist_ok=True)
    for name in versions():
        (FROZEN / f"{name}.json").write_text(dumps(build(name)), encoding="utf-8")
    return 0


def main(arguments: list[str]) -> int:
    """Run one command. Returns the exit status."""
    match arguments:
        case []:
            return write()
        case ["--check"]:
            return check()
        case ["diff", old, new]:
            return diff(Path(old), Path(new))
        case ["freeze"]:
            return freeze()
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
