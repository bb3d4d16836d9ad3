"""Figures of organizations, as they were at the last refresh."""

from datetime import datetime
from uuid import UUID

from shared.models import Model
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/organizations", tag="courses")
sql = queries(__file__)


class OrganizationStats(Model):
    """How much there is in the courses of an organization, and how far people have got."""

    courses: int
    sections: int
    lessons: int
    lesson_minutes: int
    students: int
    completions: int
    enrichments: int
    quiz_attempts: int
    refreshed_at: datetime


@routes.get("/{organization_id}/stats")
def get_organization_stats(request: Request, organization_id: UUID) -> OrganizationStats:
    """Get the figures of an organization that you belong to, over all of its courses. They are
    taken every 15 minutes: `refreshedAt` says when."""
    return request.db.one(OrganizationStats, sql.organization_statistics, id=organization_id)
