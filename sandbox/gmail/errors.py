"""Google's error shape: {"error": {"code", "message", "status", "errors": [{"reason", …}]}}."""

from typing import Any


class GmailError(Exception):
    """A refusal that the caller sees as Google's error JSON."""

    def __init__(
        self, code: int, message: str, *, reason: str, status: str, domain: str = "global"
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.status = status
        self.domain = domain

    def body(self) -> dict[str, Any]:
        detail: dict[str, Any] = {
            "message": self.message,
            "domain": self.domain,
            "reason": self.reason,
        }
        if self.code == 401:  # noqa: PLR2004 - an HTTP status
            detail |= {"location": "Authorization", "locationType": "header"}
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "errors": [detail],
                "status": self.status,
            }
        }


def not_found() -> GmailError:
    return GmailError(404, "Requested entity was not found.", reason="notFound", status="NOT_FOUND")


def invalid(message: str) -> GmailError:
    return GmailError(400, message, reason="invalidArgument", status="INVALID_ARGUMENT")


def unauthenticated() -> GmailError:
    return GmailError(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential.",
        reason="authError",
        status="UNAUTHENTICATED",
    )


def delegation_denied(email: str) -> GmailError:
    return GmailError(
        403, f"Delegation denied for {email}", reason="forbidden", status="PERMISSION_DENIED"
    )


def not_authorized() -> GmailError:
    """As users.watch answers when Gmail may not publish to the topic."""
    return GmailError(
        403,
        "Error sending test message to Cloud PubSub: User not authorized to perform this action.",
        reason="forbidden",
        status="PERMISSION_DENIED",
    )


def rate_403() -> GmailError:
    return GmailError(
        403,
        "User Rate Limit Exceeded",
        reason="userRateLimitExceeded",
        status="PERMISSION_DENIED",
        domain="usageLimits",
    )


def rate_429() -> GmailError:
    return GmailError(
        429,
        "Too many concurrent requests for user.",
        reason="rateLimitExceeded",
        status="RESOURCE_EXHAUSTED",
        domain="usageLimits",
    )


def internal() -> GmailError:
    return GmailError(500, "Internal error encountered.", reason="backendError", status="INTERNAL")


def unavailable() -> GmailError:
    return GmailError(
        503, "The service is currently unavailable.", reason="backendError", status="UNAVAILABLE"
    )
