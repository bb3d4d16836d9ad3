"""Small HTML pages, each under a policy that allows its one style sheet and nothing else."""

import base64
import hashlib
from html import escape

from functions.health.models import Readiness
from shared.request import Reply

STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
pre { background: #8881; border-radius: 6px; padding: .8rem; overflow-x: auto; font-size: .85rem }
code { font-family: ui-monospace, monospace }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #8884; padding: .5rem .4rem; text-align: left }
.healthy { color: #15803d } .degraded { color: #b45309 } .unhealthy { color: #b91c1c }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem }
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'"


def document(title: str, body: str) -> str:
    """A whole page around a body of trusted markup."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def html_page(text: str, headers: dict[str, str] | None = None, status: int = 200) -> Reply:  # pyright: ignore[reportMissingTypeArgument]
    """A page as answer."""
    return Reply(
        status=status,
        content=text.encode(),
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": POLICY, **(headers or {})},
    )


def status_page(report: Readiness) -> str:
    """The components in a table, the overall state above it."""
    said = {
        "healthy": "All systems work.",
        "degraded": "Campus works, with trouble.",
        "unhealthy": "Parts of Campus do not work.",
    }
    rows = "\n".join(
        f'<tr><td>{escape(part.name)}</td><td class="{part.status}">{part.status}</td>'
        f"<td>{part.latency_ms:.0f} ms</td></tr>"
        for part in report.components
    )
    return document(
        "Campus status",
        f'<p class="{report.status}">{said[report.status]}</p>\n<table>\n'
        f"<tr><th>component</th><th>state</th><th>answered in</th></tr>\n{rows}\n</table>",
    )
