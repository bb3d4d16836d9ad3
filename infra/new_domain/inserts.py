"""What a new domain adds to files that are there: a text in front of a line."""

from dataclasses import dataclass
from pathlib import Path
from string import Template


@dataclass(frozen=True, slots=True)
class Insert:
    """A text with `$name` and `$Name` to fill in, and the line that it comes before."""

    file: str
    before: str
    text: str

    def applied(self, root: Path, values: dict[str, str]) -> str:
        """The file's text with the insert in it."""
        text = (root / self.file).read_text(encoding="utf-8")
        place = f"\n{self.before}"
        if text.count(place) != 1:
            raise SystemExit(f"{self.file} has no single line that begins with {self.before!r}")
        return text.replace(place, f"\n{Template(self.text).substitute(values)}{self.before}")


FUNCTION = Insert(
    "template.yaml",
    "  AdminFunction:",
    """\
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

""",
)
WHO_MAY_CALL = Insert(
    "tests/proofs/access.txt",
    "POST   /webhooks/{provider}",
    """\
GET    /$name  anyone  $name:read
POST   /$name  anyone  $name:write
GET    /$name/{${name}_id}  anyone  $name:read
PATCH  /$name/{${name}_id}  anyone  $name:write
""",
)
INSERTS = (FUNCTION, WHO_MAY_CALL)
