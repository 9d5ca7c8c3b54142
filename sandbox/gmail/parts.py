"""Multipart bodies split on their boundary, byte for byte."""

import re
from dataclasses import dataclass

from sandbox.gmail import mime
from sandbox.gmail.errors import invalid

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Part:
    headers: list[mime.Field]
    body: bytes

    def header(self, name: str) -> str:
        return mime.header(self.headers, name)

    def parameter(self, name: str) -> str:
        """A Content-Disposition parameter, such as a form field's name."""
        match = re.search(rf'\b{name}="([^"]*)"', self.header("Content-Disposition"))
        return match[1] if match else ""


def split(content_type: str, body: bytes) -> list[Part]:
    """The parts between the boundaries; the standard parser would touch their line ends."""
    match = _BOUNDARY.search(content_type)
    if not match:
        raise invalid("Missing multipart boundary")
    mark = b"--" + match[1].strip().encode("latin-1")
    parts = []
    for chunk in (b"\r\n" + body).split(b"\n" + mark)[1:]:
        if chunk.startswith(b"--"):
            break
        inner = chunk.lstrip(b" \t").removeprefix(b"\r").removeprefix(b"\n")
        fields, at = mime.split_head(inner)
        parts.append(Part(headers=fields, body=inner[at:].removesuffix(b"\r")))
    return parts
