"""The catalogue of public courses: what anybody may find and take part in."""

from datetime import date
from typing import Annotated

from pydantic import Field

from functions.courses.models import Language, Tag
from shared.models import AnyOf, Entity, ListQuery, Page, Text
from shared.request import Request
from shared.routing import Routes
from shared.sql import queries

routes = Routes("/courses/catalogue", tag="courses")
sql = queries(__file__)


class PublicCourse(Entity):
    """A public course, as it is announced. Who takes part in it reads the rest."""

    title: str
    code: str
    description: str
    color: str | None
    language: str
    exam_on: date | None
    tags: list[str]


class CatalogueQuery(ListQuery):
    """Filters of the catalogue."""

    language: AnyOf[Language] | None = None
    tags: AnyOf[Tag] | None = None
    q: Annotated[Text, Field(min_length=1, max_length=200)] | None = None


@routes.get("")
def list_public_courses(request: Request, query: CatalogueQuery) -> Page[PublicCourse]:
    """List the published courses that are open to everybody, the newest first unless sorted
    otherwise. What changes in a course shows here within seconds."""
    return request.db.page(PublicCourse, sql.list_public_courses, query)
