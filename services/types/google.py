"""What Google gives a workspace beside its people's consent."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccountKey:
    """Google's key file of a service account, as far as a grant needs it."""

    client_email: str
    client_id: str
    key_id: str
    private_key: str = field(repr=False)
    token_uri: str
