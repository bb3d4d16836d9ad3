"""docs/guards.md: every guard with a test that fails without it."""

from collections.abc import Iterable, Mapping

from tests.mutants.guards import ROOT, Guard

FILE = ROOT / "docs" / "guards.md"
_HEAD = """# Guards, and a test for each

Everything in `shared/` that holds a request, an event or a programmer up, as
`tests/mutants/guards.py` finds it by syntax. Each was removed once, alone, and the test beside it
failed; an empty cell is a guard for which that is not shown. Written by `make mutants`;
`make test` fails when a guard is not here.

| File | In | Guard | Test that fails without it |
| --- | --- | --- | --- |
"""
Key = tuple[str, str, str]


def write(guards: Iterable[Guard], tests: Mapping[Key, str]) -> None:
    """Write the table, in the order of the code."""
    lines = [
        f"| {' | '.join(_cell(text) for text in (*guard.key, tests.get(guard.key, '')))} |\n"
        for guard in guards
    ]
    FILE.write_text(_HEAD + "".join(lines), encoding="utf-8")


def read() -> dict[Key, str]:
    """What the table says: the test by guard."""
    found: dict[Key, str] = {}
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.replace("\\|", "\0").strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == 4:
            path, scope, guard, test = (_plain(cell) for cell in cells)
            found[path, scope, guard] = test
    return found


def _cell(text: str) -> str:
    return f"``{text}``".replace("|", "\\|") if "`" in text else f"`{text}`".replace("|", "\\|")


def _plain(cell: str) -> str:
    return cell.strip("`").replace("\0", "|")
