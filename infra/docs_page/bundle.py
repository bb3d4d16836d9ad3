"""Build the docs page: assets named after their content, and page.json that says how to serve them.

The names let browsers keep assets for ever; page.json lets the health function serve exactly
these files, with this policy, without importing anything from infra.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from infra.docs_page.modules import join

SOURCE = Path(__file__).parent / "page"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"
LINK = re.compile(r'(?<=")docs/([\w.]+)(?=")')


def build(target: Path) -> None:
    """Write index.html, its assets and page.json into `target`; files there before are removed.

    page.json: {"contentSecurityPolicy": text, "index": file, "assets": [file, ...]} where a file
    is {"name", "contentType", "cacheControl", "etag"}. Every file is text in UTF-8; index is
    served at /docs and an asset at /docs/{name}.
    """
    assets = _assets()
    index = _index({plain: hashed for plain, (hashed, _) in assets.items()})
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        old.unlink()
    files = {"index.html": index, **dict(assets.values())}
    files["page.json"] = _page(index, dict(assets.values()))
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8")


def _assets() -> dict[str, tuple[str, str]]:
    """Plain name to (hashed name, text)."""
    modules = {path.stem: path.read_text(encoding="utf-8") for path in SOURCE.glob("*.js")}
    texts = {
        "app.js": join(modules, "app"),
        "page.css": (SOURCE / "page.css").read_text(encoding="utf-8"),
        "icon.svg": (SOURCE / "icon.svg").read_text(encoding="utf-8"),
    }
    return {name: (_hashed(name, text), text) for name, text in texts.items()}


def _index(names: Mapping[str, str]) -> str:
    html = (SOURCE / "index.html").read_text(encoding="utf-8")
    return LINK.sub(lambda found: f"docs/{names[found[1]]}", html)


def _page(index: str, assets: Mapping[str, str]) -> str:
    page = {
        "contentSecurityPolicy": CONTENT_SECURITY_POLICY,
        "index": _file("index.html", index, ASK_FIRST),
        "assets": [_file(name, text, FOR_EVER) for name, text in sorted(assets.items())],
    }
    return json.dumps(page, indent=2) + "\n"


def _file(name: str, text: str, cache_control: str) -> dict[str, str]:
    return {
        "name": name,
        "contentType": CONTENT_TYPES[Path(name).suffix],
        "cacheControl": cache_control,
        "etag": f'"{_digest(text)}"',
    }


def _hashed(name: str, text: str) -> str:
    stem, suffix = name.rsplit(".", 1)
    return f"{stem}.{_digest(text)}.{suffix}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
