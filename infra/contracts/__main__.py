"""Write the schemas and samples of events.

python -m infra.contracts            write what follows from the code
python -m infra.contracts --check    fail when what is checked in does not follow from it
"""

import json
import sys
from pathlib import Path

from infra.contracts.contracts import contracts, file_name, sample, schema
from infra.contracts.invocations import bus_event, invocations

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "events" / "schemas"
SAMPLES = ROOT / "events" / "samples"
PROMISE = (
    "A schema that is there is a published promise. Give the contract a higher version and an "
    "upcast from the one before; or delete the file, as long as nothing of it was ever deployed."
)


def schema_files() -> dict[Path, str]:
    """The schema of each contract's newest version."""
    return {SCHEMAS / file_name(one): dumps(schema(one)) for one in contracts().values()}


def sample_files() -> dict[Path, str]:
    """A sample of each event on the bus, and what each function is invoked with."""
    found = {
        SAMPLES / "bus" / file_name(one): dumps(bus_event(sample(one)))
        for one in contracts().values()
    }
    return found | {SAMPLES / name: dumps(event) for name, event in invocations().items()}


def dumps(content: object) -> str:
    """JSON as it is checked in."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def faults() -> list[str]:
    """What is checked in and does not follow from the code, one line each."""
    broken = _changed(schema_files())
    found = [f"{_short(path)}: a published contract has changed" for path in broken]
    wanted = schema_files() | sample_files()
    found += [f"{_short(path)}: missing" for path in wanted if not path.exists()]
    found += [f"{_short(path)}: differs" for path in _changed(sample_files())]
    found += [f"{_short(path)}: belongs to nothing" for path in _left_over()]
    return found + [f"{_short(path)}: its event is gone" for path in _orphans()]


def _changed(files: dict[Path, str]) -> list[Path]:
    return [
        path
        for path, text in files.items()
        if path.exists() and path.read_text(encoding="utf-8") != text
    ]


def _left_over() -> list[Path]:
    """Samples that the code does not give any more."""
    return sorted(set(SAMPLES.rglob("*.json")) - set(sample_files()))


def _orphans() -> list[Path]:
    """Schemas of events that are no more; those of older versions stay for old rows."""
    known = contracts()
    paths = sorted(SCHEMAS.glob("*.json"))
    return [path for path in paths if path.name.rsplit(".v", 1)[0] not in known]


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def write() -> int:
    """Write what follows from the code, but no other schema over a published one."""
    refused = _changed(schema_files())
    for path in refused:
        print(f"{_short(path)}: the contract has changed.", file=sys.stderr)
    if refused:
        print(PROMISE, file=sys.stderr)
        return 1
    for path, text in (schema_files() | sample_files()).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in _left_over():
        path.unlink()
    return 0


def check() -> int:
    """Print every fault."""
    found = faults()
    for line in found:
        print(line)
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    """Run one command. Returns the exit status."""
    match arguments:
        case []:
            return write()
        case ["--check"]:
            return check()
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
