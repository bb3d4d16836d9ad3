"""The migration guide of a version, as Markdown and as HTML."""

import re
from html import escape

from functions.health.pages import document
from infra.openapi.changelog import Entry, entries, successor
from shared.versions import Version


def guide_files(version: Version) -> dict[str, str]:
    """File name to text."""
    found = entries(version, successor(version))
    return {
        f"{version.name}.md": markdown(version, found),
        f"{version.name}.html": html(version, found),
    }


def changelog(version: Version) -> list[str]:
    """The entries' texts, for `breakingChanges`."""
    return [entry.text for entry in entries(version, successor(version))]


def _introduction(version: Version) -> list[str]:
    newer = successor(version).name
    lines = [f"Every difference between {version.name} and {newer}, with an example of each."]
    if version.sunset_on:
        lines.append(
            f"{version.name} is deprecated since {version.deprecated_on} and is answered with 410 "
            f"`VERSION_SUNSET` from {version.sunset_on} on."
        )
    lines.append(
        f"Both versions serve the same data: move one call at a time, from `/{version.name}/...` "
        f"to `/{newer}/...`."
    )
    return lines


def _title(version: Version) -> str:
    return f"From {version.name} to {successor(version).name}"


def markdown(version: Version, found: list[Entry]) -> str:
    """The guide in Markdown."""
    parts = [f"# {_title(version)}", *_introduction(version)]
    for entry in found:
        parts += [f"## {entry.title}", entry.text]
        if entry.before or entry.after:
            parts += [f"Before ({version.name}):", _fenced(entry.before)]
            parts += [f"After ({successor(version).name}):", _fenced(entry.after)]
        if entry.operations:
            touched = "\n".join(f"- `{operation}`" for operation in entry.operations)
            parts.append(f"It touches:\n\n{touched}")
    return "\n\n".join(parts) + "\n"


def _fenced(code: str) -> str:
    language = "json" if code.startswith("{") else ""
    return f"```{language}\n{code}\n```"


def html(version: Version, found: list[Entry]) -> str:
    """The guide as a page."""
    parts = [f"<p>{_inline(line)}</p>" for line in _introduction(version)]
    for entry in found:
        parts.append(f"<h2>{escape(entry.title)}</h2>\n<p>{_inline(entry.text)}</p>")
        if entry.before or entry.after:
            parts.append(
                '<div class="pair">\n'
                f"<div>Before ({version.name})<pre>{escape(entry.before)}</pre></div>\n"
                f"<div>After ({successor(version).name})<pre>{escape(entry.after)}</pre></div>\n"
                "</div>"
            )
        if entry.operations:
            touched = ", ".join(f"<code>{escape(one)}</code>" for one in entry.operations)
            parts.append(f"<p>It touches {touched}.</p>")
    return document(_title(version), "\n".join(parts))


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
