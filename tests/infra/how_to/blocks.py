"""The how-tos as their readers follow them: each code block goes where the line above it says.

A line ends with one of these, and a fenced block follows:

    New file `path`:
    At the end of `path`:
    In `path`, before `text`:
    In `path`, in place of `text`:

with `, below `other text`` in front where the text alone is in several places. Both mean the whole
line. Blocks without such a line are commands and illustrations.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_STEP = re.compile(
    r"(?:(?P<new>New file)|At the end of|In) `(?P<path>[^`]+)`"
    r"(?:, below `(?P<below>[^`]+)`)?(?:, (?P<how>before|in place of) `(?P<line>[^`]+)`)?:"
    r"\n\n```\w+\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """Some code and its place."""

    path: str
    code: str
    new: bool
    below: str
    how: str
    line: str

    def apply(self, root: Path) -> None:
        """Write the code into a copy of the repository. Fails when its place is not there."""
        target = root / self.path
        if self.new:
            assert not target.exists(), f"{self.path} exists already"
            target.write_text(self.code, encoding="utf-8")
            return
        text = target.read_text(encoding="utf-8")
        target.write_text(self._placed(text), encoding="utf-8")

    def _placed(self, text: str) -> str:
        if not self.line:
            return f"{text}\n{self.code}"
        below = text.find(self.below)
        found = text.find(self.line, below)
        assert below >= 0, f"{self.path} has no {self.below!r}"
        assert found >= 0, f"{self.path} has no {self.line!r} below {self.below!r}"
        start, end = text.rindex("\n", 0, found) + 1, text.index("\n", found) + 1
        if self.how == "before":
            end = start
        space = "\n\n" if self.code.startswith("@") else ""
        return text[:start] + self.code + space + text[end:]


def blocks(page: Path) -> list[Block]:
    """The steps of a how-to in its order."""
    found = [step.groupdict("") for step in _STEP.finditer(page.read_text(encoding="utf-8"))]
    return [Block(**{**step, "new": bool(step["new"])}) for step in found]
