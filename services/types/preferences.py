"""What a member wants to be told by which way, read from `members.preferences`. The stored words
are "on" and "off"; anything else is as good as nothing said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DIGEST_MAIL = "digest_mail"
DIGEST_SLACK = "digest_slack"
DRAFT_MAIL = "draft_mail"
"""The keys."""
ON, OFF = "on", "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`draft_mail` is None while the member has said nothing: then drafts come by mail only to
    somebody Slack doesn't reach."""

    digest_mail: bool = True
    digest_slack: bool = True
    draft_mail: bool | None = None


def read_preferences(stored: Mapping[str, Any]) -> Preferences:
    return Preferences(
        digest_mail=stored.get(DIGEST_MAIL) != OFF,
        digest_slack=stored.get(DIGEST_SLACK) != OFF,
        draft_mail={ON: True, OFF: False}.get(str(stored.get(DRAFT_MAIL))),
    )
