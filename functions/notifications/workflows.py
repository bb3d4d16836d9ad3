"""The kinds of notification there are: what each belongs to, how loud it is, where it goes."""

from dataclasses import dataclass
from typing import Literal

Category = Literal["reminder", "digest", "course", "booking", "billing", "security", "marketing"]
Severity = Literal["low", "normal", "high", "critical"]
Channel = Literal["in_app", "email"]


@dataclass(frozen=True, slots=True)
class Workflow:
    """One kind of notification."""

    name: str
    category: Category
    severity: Severity
    channels: tuple[Channel, ...]

    @property
    def interrupts(self) -> bool:
        """Whether it reaches a person at any hour: critical news of account and money."""
        return self.severity == "critical" and self.category in ("billing", "security")


WELCOME = Workflow("welcome", "security", "normal", ("in_app", "email"))
COURSE_DELETED = Workflow("course_deleted", "course", "normal", ("in_app",))
ASSIGNMENT_COMPLETED = Workflow("assignment_completed", "course", "low", ("in_app",))
SUBSCRIPTION_STARTED = Workflow("subscription_started", "billing", "normal", ("in_app", "email"))
SUBSCRIPTION_ENDED = Workflow("subscription_ended", "billing", "critical", ("in_app", "email"))
REMINDERS = {
    kind: Workflow(f"{kind}_reminder", "reminder", "normal", ("in_app", "email"))
    for kind in ("assignment", "lecture", "study_session")
}
REMINDERS["review"] = REMINDERS["study_session"]
