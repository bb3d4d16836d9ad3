"""Through which states an enrichment goes, as data.

    by hand      draft -> completed, or generating for a medium
    generated    pending -> draft_generating -> draft_ready -> completed, or generating for a medium
    a medium     generating -> completed

The steps between `pending` and `draft_ready`, out of `generating`, and into `failed` are those of
whoever generates.
"""

from dataclasses import dataclass

from functions.courses.enrichment_models import EnrichmentStatus, EnrichmentType

# These are what their draft says. The others are media, made from it.
OF_WORDS: tuple[EnrichmentType, ...] = ("quiz", "summary", "flashcards")


@dataclass(frozen=True, slots=True)
class Step:
    """What a person may do, from which states, and where it leads. `media` is where it leads for
    types that are not of words."""

    name: str
    sources: tuple[EnrichmentStatus, ...]
    target: EnrichmentStatus
    media: EnrichmentStatus | None = None

    @property
    def target_of_media(self) -> EnrichmentStatus:
        return self.media or self.target


APPROVE = Step("approve", ("draft", "draft_ready"), "completed", "generating")
REGENERATE = Step(
    "regenerate", ("draft", "draft_ready", "completed", "failed", "cancelled"), "pending"
)
CANCEL = Step("cancel", ("pending", "draft_generating", "generating"), "cancelled")
STEPS = (APPROVE, REGENERATE, CANCEL)
EDITABLE: tuple[EnrichmentStatus, ...] = ("draft", "draft_ready")
