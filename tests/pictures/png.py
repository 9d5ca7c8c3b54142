"""Small PNGs without a library: what Chromium gives, with a palette of at most 256 colours."""

import struct
import zlib
from collections import Counter
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS, EXACT = 256, 208
PAETH, AVERAGE, UP, SUB = 4, 3, 2, 1
Colour = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    rows: list[list[Colour]]

    @property
    def height(self) -> int:
        return len(self.rows)


def decode(data: bytes) -> Picture:
    """Eight bits a channel, not interlaced: all that a screenshot is."""
    if not data.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    at, packed, width, height, channels = len(SIGNATURE), b"", 0, 0, 3
    while at < len(data):
        (size,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", body[:10])
            channels = {2: 3, 6: 4}[colour]
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    raw, stride, rows = zlib.decompress(packed), width * channels, []
    before = bytearray(stride)
    for number in range(height):
        start = number * (stride + 1)
        line = _unfilter(
            raw[start], bytearray(raw[start + 1 : start + 1 + stride]), before, channels
        )
        rows.append([tuple(line[x : x + 3]) for x in range(0, stride, channels)])
        before = line
    return Picture(width, rows)


def _unfilter(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    if kind == UP:
        return bytearray((a + b) & 255 for a, b in zip(line, above, strict=True))
    if kind:
        for x, value in enumerate(line):
            left, corner = (line[x - step], above[x - step]) if x >= step else (0, 0)
            guess = {SUB: left, AVERAGE: (left + above[x]) // 2}.get(kind)
            if guess is None:
                guess = _paeth(left, above[x], corner)
            line[x] = (value + guess) & 255
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    around = left + up - corner
    return min((left, up, corner), key=lambda one: abs(around - one))


def encode(picture: Picture) -> bytes:
    palette, index = _palette(picture)
    lines = b"".join(b"\0" + bytes(index[colour] for colour in row) for row in picture.rows)
    head = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"PLTE", b"".join(bytes(colour) for colour in palette)),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _palette(picture: Picture) -> tuple[list[Colour], dict[Colour, int]]:
    """The colours there are most of as they are, the rest by the nearest that was kept."""
    found = Counter(colour for row in picture.rows for colour in row)
    kept = [colour for colour, _ in found.most_common(COLOURS)]
    if len(found) > COLOURS:
        kept = kept[:EXACT]
        coarse: Counter[Colour] = Counter()
        for colour in found.keys() - set(kept):
            coarse[tuple(channel & 0xE0 | 0x10 for channel in colour)] += found[colour]
        kept += [colour for colour, _ in coarse.most_common(COLOURS - EXACT)]
    index = {colour: number for number, colour in enumerate(kept)}
    for colour in found:
        if colour not in index:
            near = min(
                kept, key=lambda one: sum((a - b) ** 2 for a, b in zip(one, colour, strict=True))
            )
            index[colour] = index[near]
    return kept, index


def beside(left: Picture, right: Picture, gap: int = 16) -> Picture:
    """Two windows next to each other, as high as the lower one."""
    between: list[Colour] = [(255, 255, 255)] * gap
    rows = [[*a, *between, *b] for a, b in zip(left.rows, right.rows, strict=False)]
    return Picture(left.width + gap + right.width, rows)
