"""Who has signed in with Slack: codes that browsers carry back, and the tokens given for them."""

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Code:
    """What the browser carries back, once, within ten minutes."""

    user: str
    client_id: str
    redirect_uri: str
    nonce: str
    born: float
    used: bool = False


@dataclass(kw_only=True)
class SignIns:
    """Codes and access tokens of people who signed in; `automatic` answers without asking."""

    automatic: str = ""
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
