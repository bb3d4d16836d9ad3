"""Probes: is the process alive, can it serve, how is the whole."""

from functions.health import checks
from functions.health.figures import deep_health
from functions.health.models import DeepHealth, Liveness, Readiness
from functions.health.pages import html_page, status_page
from shared.errors import Refusal
from shared.request import Reply, Request
from shared.routing import Routes

routes = Routes("", tag="health", versionless=True, access="public", database=None, limit="none")


@routes.get("/health")
def get_health(_: Request) -> Liveness:
    """Whether the process answers. Touches nothing else."""
    return Liveness(status="healthy")


@routes.get("/health/live")
def get_liveness(_: Request) -> Liveness:
    """Whether the process answers. Touches nothing else."""
    return Liveness(status="healthy")


@routes.get("/health/ready", errors=("SERVICE_UNAVAILABLE",), old=("health-check",))
def get_readiness(_: Request) -> Readiness:
    """Whether requests can be served: database, schema, secrets, event bus and queues.

    503 as soon as one of them cannot be worked with; `details.components` says which.
    """
    report = checks.readiness()
    if report.status == "healthy":
        return report
    components = [component.model_dump(by_alias=True) for component in report.components]
    failing = [component.name for component in report.components if component.reason]
    raise Refusal(
        "SERVICE_UNAVAILABLE",
        f"Not ready: {', '.join(failing)}.",
        details={"components": components},
        headers={"Retry-After": "5"},
    )


@routes.get(
    "/health/deep", access="user", database="system", roles=("admin",), accounts=("active",)
)
def get_deep_health(request: Request) -> DeepHealth:
    """The whole system, for admins: components, backlog, dead letters, error rate.

    Healthy when all components are, less than 5 % of reactions to events fail and they come within
    2 s on average; degraded when components are healthy and something else is not.
    """
    return deep_health(request.db)


@routes.get("/status")
def get_status_page(_: Request) -> Reply:  # pyright: ignore[reportMissingTypeArgument]
    """The state of all components as a page for people."""
    return html_page(status_page(checks.readiness()))
