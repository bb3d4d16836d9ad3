"""How often templates are used and how they are rated: counted once, for their owners' rows, which
nobody else writes. So it is the system's work."""

from events.templates import TemplateApplied, TemplateRated
from functions.tasks.subscribers import subscribers
from shared.consumer import Consumer
from shared.sql import queries

sql = queries(__file__)


@subscribers.on(role="system")
def count_template_use(event: TemplateApplied, context: Consumer) -> None:
    """Somebody has used a template."""
    context.db.run(
        sql.count_template_use, template_id=event.template_id, used_at=context.occurred_at
    )


@subscribers.on(role="system")
def follow_template_ratings(event: TemplateRated, context: Consumer) -> None:
    """The average of a template's ratings, whatever order they come in."""
    context.db.value(sql.follow_template_ratings, template_id=event.template_id)
