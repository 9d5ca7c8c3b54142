"""The plain text inside Outlook's winmail.dat, where there is one."""

import struct

_SIGNATURE = 0x223E9F78
_BODY = 0x0002800C
_HEAD = struct.Struct("<BII")


def tnef_text(data: bytes) -> str:
    """The message text of a TNEF stream; empty when it is broken or holds none."""
    if len(data) < 6 or int.from_bytes(data[:4], "little") != _SIGNATURE:  # noqa: PLR2004 - signature and key
        return ""
    at = 6
    while at + _HEAD.size <= len(data):
        _, attribute, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if attribute == _BODY:
            return data[at : at + length].rstrip(b"\x00").decode("cp1252", "replace")
        at += length + 2
    return ""
