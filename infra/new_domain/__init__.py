"""`make new-domain NAME=library`: the folder of a domain that runs and is proven at once.

It is made from `pattern/`: a file's path and text with `$name`, `$Name` and `$version` filled in.
The function is written into template.yaml in front of the one after it.
"""

import keyword
import re
from datetime import UTC, datetime
from pathlib import Path
from string import Template

PATTERN = Path(__file__).parent / "pattern"
_FUNCTION = Template("""\
  ${Name}Function:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub campus-$${Stage}-$name
      Description: The domain $name.
      Handler: functions.$name.handler.handle
      Policies:
        - !Ref FunctionPolicy
      Events:
        ${Name}:
          Type: HttpApi
          Properties:
            Path: /{version}/$name
            Method: ANY
        ${Name}Below:
          Type: HttpApi
          Properties:
            Path: /{version}/$name/{proxy+}
            Method: ANY

""")
_BEFORE = "  AdminFunction:\n"


def create(name: str, root: Path) -> list[Path]:
    """Write the files of a new domain and its function. Returns the files; refuses a bad name."""
    if not re.fullmatch(r"[a-z][a-z_]{2,19}", name) or keyword.iskeyword(name):
        raise SystemExit("a domain's name is 3 to 20 lower-case letters, such as library")
    if (root / "functions" / name).exists():
        raise SystemExit(f"functions/{name} exists already")
    values = {
        "name": name,
        "Name": "".join(part.capitalize() for part in name.split("_")),
        "version": f"{datetime.now(UTC):%Y%m%d%H%M%S}",
    }
    written = [_fill(path, root, values) for path in sorted(PATTERN.rglob("*.tmpl"))]
    written.append(_declare(root / "template.yaml", values))
    return written


def _fill(source: Path, root: Path, values: dict[str, str]) -> Path:
    relative = str(source.relative_to(PATTERN)).removesuffix(".tmpl")
    target = root / Template(
        relative.replace("NAME", "${name}").replace("VERSION", "${version}")
    ).substitute(values)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template(source.read_text()).substitute(values))
    return target


def _declare(template: Path, values: dict[str, str]) -> Path:
    text = template.read_text()
    if text.count(_BEFORE) != 1:
        raise SystemExit("template.yaml has no AdminFunction to put the new function before")
    template.write_text(text.replace(_BEFORE, _FUNCTION.substitute(values) + _BEFORE))
    return template
