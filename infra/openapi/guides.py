"""The migration guide of a version, as Markdown and as HTML."""

import re
from dataclasses import dataclass
from html import escape

from functions.health.pages import document
from infra.openapi.changelog import Entry, entries, ways_on
from shared.versions import LATEST, Version


@dataclass(frozen=True, slots=True)
class _Step:
    """From one version to the next."""

    older: str
    newer: str
    entries: list[Entry]


def guide_files(version: Version) -> dict[str, str]:
    """File name to text."""
    steps = [_Step(old.name, new.name, entries(old, new)) for old, new in ways_on(version)]
    return {
        f"{version.name}.md": markdown(version, steps),
        f"{version.name}.html": html(version, steps),
    }


def changelog(version: Version) -> list[str]:
    """The entries' texts of the step to the next version, for `breakingChanges`."""
    return [entry.text for entry in entries(*ways_on(version)[0])]


def _introduction(version: Version) -> list[str]:
    newest = LATEST.name
    lines = [f"Every difference between {version.name} and {newest}, with an example of each."]
    if version.sunset_on:
        lines.append(
            f"{version.name} is deprecated since {version.deprecated_on} and is answered with 410 "
            f"`VERSION_SUNSET` from {version.sunset_on} on."
        )
    lines.append(
        f"Both versions serve the same data: move one call at a time, from `/{version.name}/...` "
        f"to `/{newest}/...`."
    )
    return lines


def _title(version: Version) -> str:
    return f"From {version.name} to {LATEST.name}"


def markdown(version: Version, steps: list[_Step]) -> str:
    """The guide in Markdown."""
    parts = [f"# {_title(version)}", *_introduction(version)]
    for step in steps:
        for entry in step.entries:
            parts += [f"## {entry.title}", entry.text]
            if entry.before or entry.after:
                parts += [f"Before ({step.older}):", _fenced(entry.before)]
                parts += [f"After ({step.newer}):", _fenced(entry.after)]
            if entry.operations:
                touched = "\n".join(f"- `{operation}`" for operation in entry.operations)
                parts.append(f"It touches:\n\n{touched}")
    return "\n\n".join(parts) + "\n"


def _fenced(code: str) -> str:
    language = "json" if code.startswith("{") else ""
    return f"```{language}\n{code}\n```"


def html(version: Version, steps: list[_Step]) -> str:
    """The guide as a page."""
    parts = [f"<p>{_inline(line)}</p>" for line in _introduction(version)]
    for step in steps:
        for entry in step.entries:
            parts.append(f"<h2>{escape(entry.title)}</h2>\n<p>{_inline(entry.text)}</p>")
            if entry.before or entry.after:
                parts.append(
                    '<div class="pair">\n'
                    f"<div>Before ({step.older})<pre>{escape(entry.before)}</pre></div>\n"
                    f"<div>After ({step.newer})<pre>{escape(entry.after)}</pre></div>\n"
                    "</div>"
                )
            if entry.operations:
                touched = ", ".join(f"<code>{escape(one)}</code>" for one in entry.operations)
                parts.append(f"<p>It touches {touched}.</p>")
    return document(_title(version), "\n".join(parts))


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
