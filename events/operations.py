"""Facts of operation: dead letters, cleanup, health."""

from uuid import UUID

from shared.facts import Event


class DeadLetterReplayed(Event, type="dead_letter.replayed", audience="staff"):
    """An operator sent messages of a dead-letter queue back. The entity id is the action's."""

    dead_letter_id: UUID
    queue: str
    count: int


class CleanupCompleted(Event, type="cleanup.completed", audience="staff"):
    """A cleanup run ended."""

    cleanup_id: UUID
    policy: str
    scanned: int
    deleted: int
    failed: int


class HealthDegraded(Event, type="health.degraded", audience="staff"):
    """A component turned from healthy to degraded or worse."""

    health_id: str
    status: str


class HealthRecovered(Event, type="health.recovered", audience="staff"):
    """All components are healthy again."""

    health_id: str
