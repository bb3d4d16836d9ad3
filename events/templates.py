"""Facts about templates of items. Those of a template itself are about its owner, whoever acts."""

from typing import Literal
from uuid import UUID

from shared.facts import Event

Kind = Literal["assignment", "lecture", "study_session"]


class TemplateCreated(Event, type="template.created"):
    """A template was written."""

    template_id: UUID
    kind: Kind


class TemplateUpdated(Event, type="template.updated"):
    """Fields of a template changed."""

    template_id: UUID
    changed: list[str]


class TemplateDeleted(Event, type="template.deleted"):
    """A template went to the trash, with what is shared of it and how it was rated."""

    template_id: UUID
    deletion_id: UUID


class TemplateRestored(Event, type="template.restored"):
    """A template came back from the trash."""

    template_id: UUID
    deletion_id: UUID


class TemplatePurged(Event, type="template.purged"):
    """A template was removed for good."""

    template_id: UUID


class TemplateApplied(Event, type="template.applied"):
    """Somebody, whom this is about, made an item from a template."""

    template_id: UUID
    kind: Kind
    item_id: UUID


class TemplateRated(Event, type="template.rated"):
    """Somebody, whom this is about, rated a template."""

    template_id: UUID
    rating: int


class TemplateShared(Event, type="template.shared"):
    """A template was shared with a person, or is for something else from now on."""

    template_id: UUID
    template_share_id: UUID
    permission: Literal["view", "use", "edit"]


class TemplateUnshared(Event, type="template.unshared"):
    """A template is no longer shared with a person, by its owner's choice or theirs."""

    template_id: UUID
    template_share_id: UUID
