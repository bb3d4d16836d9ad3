"""Every error a client can meet: one registry, one exception.

Removing a code or giving it another status is a breaking change of the API.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class ErrorCode(NamedTuple):
    """What a code promises: its HTTP status, what happened, what the client can do about it."""

    code: str
    status: int
    meaning: str
    remedy: str
    retryable: bool = False


_CODES = (
    ErrorCode("MALFORMED_JSON", 400, "The body is not valid JSON.", "Send JSON as in RFC 8259."),
    ErrorCode(
        "INVALID_CURSOR",
        400,
        "The cursor is altered, expired or from another list.",
        "Start again from the first page.",
    ),
    ErrorCode(
        "UNSUPPORTED_VERSION",
        400,
        "The API version does not exist.",
        "Use one of supportedVersions.",
    ),
    ErrorCode(
        "IDEMPOTENCY_KEY_REQUIRED",
        400,
        "This operation needs an Idempotency-Key.",
        "Send a fresh UUID in the header Idempotency-Key.",
    ),
    ErrorCode(
        "INVALID_REQUEST", 400, "A header or the path is malformed.", "Correct what details names."
    ),
    ErrorCode(
        "UNAUTHORIZED", 401, "No credentials were sent.", "Send Authorization: Bearer or X-API-Key."
    ),
    ErrorCode("TOKEN_EXPIRED", 401, "The access token has expired.", "Refresh it and try again."),
    ErrorCode("INVALID_TOKEN", 401, "The credentials are not valid.", "Sign in again."),
    ErrorCode(
        "REAUTHENTICATION_REQUIRED",
        401,
        "The last sign-in is too long ago for this.",
        "Sign in again and repeat within 5 minutes.",
    ),
    ErrorCode(
        "INVALID_CREDENTIALS",
        401,
        "The e-mail address and the password do not belong together.",
        "Correct them, or reset the password.",
    ),
    ErrorCode("FORBIDDEN", 403, "The caller may not do this.", "Ask for the permission."),
    ErrorCode(
        "TENANT_MISMATCH",
        403,
        "The resource belongs to another organization.",
        "Switch the organization.",
    ),
    ErrorCode("ACCOUNT_SUSPENDED", 403, "The account is suspended.", "Contact support."),
    ErrorCode(
        "COURSE_LIMIT_EXCEEDED",
        403,
        "The plan's limit of live courses is reached.",
        "Delete a course or upgrade.",
    ),
    ErrorCode(
        "TASK_LIMIT_EXCEEDED",
        403,
        "The plan's limit of new items in 30 days is reached.",
        "Wait until resetsAt or upgrade.",
    ),
    ErrorCode(
        "NOT_FOUND",
        404,
        "There is no such route or record for this caller.",
        "Check the path and the id.",
    ),
    ErrorCode(
        "METHOD_NOT_ALLOWED",
        405,
        "The path does not take this method.",
        "Use one of the methods in Allow.",
    ),
    ErrorCode(
        "CONFLICT",
        409,
        "The state of the record does not allow this.",
        "Read the record and decide again.",
    ),
    ErrorCode(
        "ALREADY_EXISTS", 409, "A record with this unique value exists.", "Choose another value."
    ),
    ErrorCode(
        "BOOKING_CONFLICT",
        409,
        "The resource is taken at that time.",
        "Choose one of the alternatives.",
    ),
    ErrorCode(
        "VERSION_SUNSET", 410, "The API version is no longer served.", "Follow the migration guide."
    ),
    ErrorCode("GONE", 410, "The resource is gone for good.", "Do not ask for it again."),
    ErrorCode(
        "PRECONDITION_FAILED",
        412,
        "If-Match does not match the current version.",
        "Read the record again and repeat the change.",
    ),
    ErrorCode(
        "PAYLOAD_TOO_LARGE", 413, "The request is larger than allowed.", "Send less in one request."
    ),
    ErrorCode(
        "UNSUPPORTED_MEDIA_TYPE",
        415,
        "The body is not application/json.",
        "Send Content-Type: application/json.",
    ),
    ErrorCode(
        "VALIDATION_ERROR",
        422,
        "The request breaks a rule of its fields.",
        "Correct the fields in details.errors.",
    ),
    ErrorCode(
        "IDEMPOTENCY_KEY_REUSED",
        422,
        "The key was used with another request.",
        "Use a fresh key for a new request.",
    ),
    ErrorCode(
        "CLIENT_UPGRADE_REQUIRED",
        426,
        "This client release is no longer supported.",
        "Update the application.",
    ),
    ErrorCode(
        "PRECONDITION_REQUIRED",
        428,
        "The change needs If-Match.",
        "Read the record and send its ETag.",
    ),
    ErrorCode(
        "RATE_LIMIT_EXCEEDED",
        429,
        "Too many requests in the last minute.",
        "Wait for Retry-After seconds.",
        True,
    ),
    ErrorCode(
        "ACCOUNT_LOCKED",
        429,
        "Too many failed sign-ins for this address.",
        "Wait for Retry-After seconds.",
        True,
    ),
    ErrorCode(
        "RESOURCE_LIMIT_EXCEEDED", 429, "A limit of this resource is reached.", "Free some or wait."
    ),
    ErrorCode(
        "INTERNAL_ERROR",
        500,
        "Something broke on our side.",
        "Try again; report the requestId if it stays.",
        True,
    ),
    ErrorCode("STORAGE_ERROR", 502, "The file storage did not answer.", "Try again.", True),
    ErrorCode(
        "EXTERNAL_SERVICE_ERROR", 502, "A service behind this one failed.", "Try again.", True
    ),
    ErrorCode(
        "SERVICE_UNAVAILABLE",
        503,
        "The service cannot answer right now.",
        "Wait for Retry-After seconds.",
        True,
    ),
    ErrorCode(
        "DATABASE_UNAVAILABLE",
        503,
        "The database does not answer right now.",
        "Wait for Retry-After seconds.",
        True,
    ),
    ErrorCode("TIMEOUT", 504, "The request took too long.", "Try again.", True),
    ErrorCode("LLM_TIMEOUT", 504, "The language model took too long.", "Try again.", True),
)

ERRORS: Mapping[str, ErrorCode] = {error.code: error for error in _CODES}


class Refusal(Exception):  # noqa: N818 (an answer to the client, not a fault of ours)
    """A request that is not carried out, with the registry's code for it.

    `details` goes to the client as it stands: never put a secret, SQL or another tenant's data in.
    """

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.error = ERRORS[code]
        self.message = message or self.error.meaning
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        super().__init__(code)

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def status(self) -> int:
        return self.error.status


def invalid(field: str, message: str) -> Refusal:
    """A VALIDATION_ERROR about one field, named in snake_case as the domain knows it."""
    return Refusal(
        "VALIDATION_ERROR", message, details={"errors": [{"field": field, "message": message}]}
    )
