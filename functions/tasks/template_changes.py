"""Steps between the API versions of templates."""

from typing import Literal

from functions.tasks.template_models import (
    NewTemplate,
    NewTemplateShare,
    Template,
    TemplatePatch,
    TemplateQuery,
    TemplateShare,
    TemplateUse,
)
from shared.versions import Change, OnlyNewer, Rename, Replace

OldPermission = Literal["read", "write"]


class TemplateNames(Change):
    """A template's `template_name` became `name`, `task_type` became `kind`, `template_data` became
    `data`, which is checked and says by `inDays` and `at` when the item will be, and `is_public`
    (true or false) became `visibility`. `created_by` became `ownerId`; `role` and `ratingCount` are
    new."""

    models = (Template, NewTemplate, TemplatePatch)
    edits = (
        Rename(newer="name", older="template_name"),
        Rename(newer="kind", older="task_type"),
        Rename(newer="data", older="template_data"),
        Replace(
            newer="visibility",
            older="is_public",
            older_type=bool,
            upgrade=lambda public: "public" if public else "private",
            downgrade=lambda visibility: visibility == "public",
        ),
        Rename(newer="owner_id", older="created_by"),
        OnlyNewer("role"),
        OnlyNewer("rating_count"),
    )


class TemplateFilters(Change):
    """The list of templates filtered by `task_type`; it filters by `kind`."""

    models = (TemplateQuery,)
    edits = (Rename(newer="kind", older="task_type"),)


class TemplateCustomizations(Change):
    """In applying a template, `customizations` became `overrides`; `startsOn` is new."""

    models = (TemplateUse,)
    edits = (Rename(newer="overrides", older="customizations"), OnlyNewer("starts_on"))


class TemplatePermissions(Change):
    """A template was shared to `read` or to `write`; that is to `use` and to `edit`. Sharing it to
    `view` is new."""

    models = (TemplateShare, NewTemplateShare)
    edits = (
        Replace(
            newer="permission",
            older="permission",
            older_type=OldPermission,
            upgrade=lambda permission: {"read": "use", "write": "edit"}[permission],
            downgrade=lambda permission: "write" if permission == "edit" else "read",
        ),
    )
