"""Figures of the event layer, as a judgement and as OpenMetrics."""

from collections.abc import Iterator

from functions.health import checks
from functions.health.models import DeepHealth, Figures, Status
from shared.request import Reply, Request
from shared.routing import Routes
from shared.session import Session
from shared.sql import queries

routes = Routes("", tag="health", versionless=True, limit="none")
sql = queries(__file__)

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
MAX_ERROR_RATE = 0.05
MAX_MEAN_SECONDS = 2.0
MAX_OUTBOX_SECONDS = 120.0
"""The relay sweeps every minute: what waits longer than two is not being published."""


@routes.get("/metrics", database="system", roles=("admin",))
def get_metrics(request: Request) -> Reply:  # pyright: ignore[reportMissingTypeArgument]
    """Figures in the OpenMetrics text format, for admins' scrapers."""
    report = deep_health(request.db)
    return Reply(content="".join(_lines(report)).encode(), content_type=OPENMETRICS)


def deep_health(session: Session) -> DeepHealth:
    """Components and figures, judged together. Queues are asked after the COMMIT of the read."""
    row = session.rows(sql.figures)[0]
    letters, report = _dead_letters(), checks.readiness()
    figures = Figures(**row, dead_letters=letters)
    status = checks.worst((report.status, _judged(figures)))
    return DeepHealth(status=status, components=report.components, figures=figures)


def _dead_letters() -> int | None:
    """None when the queues cannot be asked: readiness says so as a component."""
    try:
        return sum(checks.dead_letters().values())
    except Exception:
        return None


def _judged(figures: Figures) -> Status:
    """Degraded unless errors are few, reactions quick, and nothing is stuck."""
    quick = figures.mean_seconds < MAX_MEAN_SECONDS
    reliable = figures.error_rate < MAX_ERROR_RATE
    moving = figures.oldest_seconds < MAX_OUTBOX_SECONDS and not figures.dead_letters
    if not quick and not reliable:
        return "unhealthy"
    return "healthy" if quick and reliable and moving else "degraded"


def _lines(report: DeepHealth) -> Iterator[str]:
    """OpenMetrics 1.0: type and help before each family, `# EOF` at the end."""
    for name, field in Figures.model_fields.items():
        value = getattr(report.figures, name)
        if value is None:
            continue
        yield f"# TYPE campus_{name} gauge\n# HELP campus_{name} {field.description}\n"
        yield f"campus_{name} {value}\n"
    yield "# TYPE campus_component_up gauge\n# HELP campus_component_up 1 when it answers.\n"
    for component in report.components:
        up = int(component.status == "healthy")
        yield f'campus_component_up{{component="{component.name}"}} {up}\n'
    yield "# EOF\n"
