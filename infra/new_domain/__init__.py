"""`make new-domain NAME=library`: the folder of a domain that runs and is proven at once.

It is made from `pattern/`: files with NAME and VERSION in their paths, `$name` and `$Name` in
their texts. What files that are there have to say of it is in inserts.py.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from infra.new_domain.inserts import INSERTS
from infra.new_domain.names import check_name

PATTERN = Path(__file__).parent / "pattern"


def create(name: str, root: Path) -> list[Path]:
    """Write the files of a new domain and its function. Returns the files.

    A name that cannot be one, or that something has already, is refused before anything is written.
    """
    check_name(name)
    if (root / "functions" / name).exists():
        raise SystemExit(f"functions/{name} exists already")
    values = {
        "name": name,
        "Name": name.capitalize(),
        "version": f"{datetime.now(UTC):%Y%m%d%H%M%S}",
    }
    _check_path(name, root)
    texts = {root / insert.file: insert.applied(root, values) for insert in INSERTS}
    for source in sorted(PATTERN.rglob("*.tmpl")):
        target = _target(source, root, values)
        if target.exists():
            raise SystemExit(f"{target.relative_to(root)} exists already: take another name")
        texts[target] = Template(source.read_text(encoding="utf-8")).substitute(values)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _target(source: Path, root: Path, values: dict[str, str]) -> Path:
    relative = str(source.relative_to(PATTERN)).removesuffix(".tmpl")
    return root / relative.replace("NAME", values["name"]).replace("VERSION", values["version"])


def _check_path(name: str, root: Path) -> None:
    taken = re.findall(r"/{version}/([\w-]+)", (root / "template.yaml").read_text(encoding="utf-8"))
    if name in taken:
        raise SystemExit(f"the path /{name} belongs to another domain: take another name")
