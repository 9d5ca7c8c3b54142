"""What stands on the pages of connecting a mailbox."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Literal

Purpose = Literal["own", "system"]


class ConnectState(StrEnum):
    """How connecting stands for whoever looks at the page."""

    CONNECTED = "connected"
    NOT_SET_UP = "not_set_up"
    UNKNOWN = "unknown"
    """Not a link or a way back of ours, or one that was used, is over or belongs to another
    browser: the four look the same to whoever comes with them."""
    EXPIRED = "expired"
    DENIED = "denied"
    NOT_ENOUGH = "not_enough"
    """Google was left with less than is needed, or gave nothing lasting."""
    NOT_YOURS = "not_yours"
    ELSEWHERE = "elsewhere"
    TROUBLE = "trouble"

    @property
    def status(self) -> HTTPStatus:
        return _STATUS[self]


_STATUS = {
    ConnectState.CONNECTED: HTTPStatus.OK,
    ConnectState.NOT_SET_UP: HTTPStatus.SERVICE_UNAVAILABLE,
    ConnectState.UNKNOWN: HTTPStatus.BAD_REQUEST,
    ConnectState.EXPIRED: HTTPStatus.GONE,
    ConnectState.DENIED: HTTPStatus.FORBIDDEN,
    ConnectState.NOT_ENOUGH: HTTPStatus.FORBIDDEN,
    ConnectState.NOT_YOURS: HTTPStatus.FORBIDDEN,
    ConnectState.ELSEWHERE: HTTPStatus.CONFLICT,
    ConnectState.TROUBLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectPage:
    """One page. `again` begins anew; it is there only for whoever has shown to be the right one."""

    state: ConnectState
    sentences: tuple[str, ...] = ()
    again: str | None = None
