"""The watch: tells when a component or the whole changes between healthy and not."""

from events.operations import HealthDegraded, HealthRecovered
from functions.health.figures import deep_health
from functions.health.models import DeepHealth
from shared.consumer import Consumer, ScheduledRun, Subscribers
from shared.sql import queries

subscribers = Subscribers()
sql = queries(__file__)


@subscribers.every("rate(1 minute)")
def watch_health(run: ScheduledRun) -> None:
    """Tell transitions only: a state that lasts is told once."""
    report = run.unit(lambda unit: deep_health(unit.db))
    told = run.unit(lambda unit: _tell(unit, report))
    run.count("components", len(report.components))
    run.count("told", told)


def _tell(unit: Consumer, report: DeepHealth) -> int:
    states = {component.name: component.status for component in report.components}
    told = 0
    for name, status in {"campus": report.status, **states}.items():
        if unit.db.value(sql.move_state, component=name, status=status) is None:
            continue
        recovered = status == "healthy"
        unit.emit(
            HealthRecovered(health_id=name)
            if recovered
            else HealthDegraded(health_id=name, status=status)
        )
        told += 1
    return told
