"""Errors the business raises. Each carries one sentence that may be shown to a person.

ServiceError
├── InvalidInput      the request can't be understood; the sentence says what would be right
├── NotFound          it isn't there, or not for this tenant: the two look the same on purpose
├── Forbidden         it is there, but this actor may not do it; the sentence says who may
├── Conflict          somebody or something was faster; the sentence says who and when
├── LimitReached      a budget or a quota is used up
└── TransientError    the other side failed in a way that may pass; jobs try again, people are told
"""

from datetime import timedelta


class ServiceError(Exception):
    """Base of all expected errors; `str(error)` is safe to show to the person who acted."""


class InvalidInput(ServiceError):
    """The request can't be understood. `field` names the form field, where there is one."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(ServiceError):
    """Nothing with this id that this tenant may see."""


class Forbidden(ServiceError):
    """The actor may not do this."""


class Conflict(ServiceError):
    """The state has moved on since the person looked."""


class LimitReached(ServiceError):
    """A budget or quota is used up."""


class TransientError(ServiceError):
    """The other side failed in a way that may pass. `retry_after` is its own wish, if it had one.

    `ambiguous` is true when the request may have been carried out all the same (a time-out or a
    broken connection after it was sent): the caller must look before it repeats.
    """

    def __init__(
        self, sentence: str, *, retry_after: timedelta | None = None, ambiguous: bool = False
    ) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.ambiguous = ambiguous
