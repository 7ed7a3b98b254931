"""Detect the encoding of a file, and cells that are in a different one: those are reported as in doubt, not guessed."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from venue.errors import VenueError

LARGEST = 64 * 1024 * 1024
CHUNK = 1 << 20
LONGEST_LINE = 1_000_000
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NOT_CSV = "This is not a CSV file: save it from the spreadsheet as CSV"
# How much of a file tells whether it is UTF-16 without a BOM.
SEEN = 1000
LEAST_LETTERS = 10
# A file without a BOM is cp1252 when its lines with bytes that are not UTF-8 outnumber its UTF-8 lines by this factor.
CP1252_FACTOR = 3

# How Python represents a byte that is invalid in the encoding: https://peps.python.org/pep-0383/
STRAY_BYTE = re.compile("[\udc80-\udcff]")
# The characters of European names. A cell with other characters is probably not UTF-8.
EUROPEAN = re.compile("[\x00-\u024f\u2000-\u20cf]*")


class BadFile(VenueError):
    """The whole file cannot be read; nothing was imported."""


class Unreadable(ValueError):
    """A cell has bytes that are valid in neither encoding."""


@dataclass(frozen=True)
class Encoding:
    """The encoding of a file. `is_mixed`: some of its lines may be in another encoding."""

    name: str
    is_mixed: bool = False

    def lines(self, stream: BinaryIO) -> Iterator[str]:
        """The lines of the file from its start, with their line breaks. The stream stays open.

        Raises BadFile for a line that is too long, before all of it is in memory.
        """
        errors = "strict" if self.name.startswith("utf-16") else "surrogateescape"
        stream.seek(0)
        text = io.TextIOWrapper(_Unclosed(stream), encoding=self.name, errors=errors, newline="")
        number = 1
        while line := text.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise BadFile(f"Line {number} is longer than {LONGEST_LINE:,} characters: this is not a CSV file")
            yield line
            number += 1

    def other_reading(self, cell: str) -> str | None:
        """The cell's text in the likely other encoding, or None when the cell is in the file's encoding.

        Raises Unreadable.
        """
        if not self.is_mixed or cell.isascii():
            return None
        if self.name == "cp1252":
            return _as_utf8(cell)
        return _stray_bytes_as_cp1252(cell) if STRAY_BYTE.search(cell) else None


def encoding_of(stream: BinaryIO) -> Encoding:
    """Detect the encoding of a file that is not empty. Raises BadFile for a binary file."""
    stream.seek(0)
    start = stream.read(SEEN)
    name = next((name for bom, name in BOMS if start.startswith(bom)), "") or _utf_16_without_bom(start)
    if name.startswith("utf-16") or _is_utf8(stream):
        return Encoding(name or "utf-8")
    as_utf8 = Encoding("utf-8-sig", is_mixed=True)
    if name:
        return as_utf8
    utf8, other = 0, 0
    for line in as_utf8.lines(stream):
        if not line.isascii():
            stray = STRAY_BYTE.search(line) is not None
            utf8, other = utf8 + (not stray), other + stray
    return as_utf8 if utf8 and other <= CP1252_FACTOR * utf8 else Encoding("cp1252", is_mixed=True)


def check_size(stream: BinaryIO) -> None:
    """Raises BadFile for a file that is too large."""
    stream.seek(0, io.SEEK_END)
    if stream.tell() > LARGEST:
        raise BadFile(f"The file is larger than {LARGEST // 1024 // 1024} MB: split it")


def without_stray_bytes(text: str) -> str:
    """The text with each invalid byte replaced by a replacement character, to show it."""
    return STRAY_BYTE.sub("\N{REPLACEMENT CHARACTER}", text)


def _utf_16_without_bom(start: bytes) -> str:
    """The name of the encoding when half of the bytes are NUL, as of Latin letters in UTF-16; else ""."""
    letters = len(start) // 2
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if letters < LEAST_LETTERS or max(even, odd) < letters * 0.9 or min(even, odd):
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = True
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        if b"\x00" in chunk:
            raise BadFile(NOT_CSV)
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            utf8 = False
    return utf8


def _as_utf8(cell: str) -> str | None:
    try:
        read = cell.encode("cp1252", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        if STRAY_BYTE.search(cell):
            raise Unreadable from None
        return None
    return read if EUROPEAN.fullmatch(read) or STRAY_BYTE.search(cell) else None


def _stray_bytes_as_cp1252(cell: str) -> str:
    """The cell with its invalid bytes decoded as cp1252. Raises Unreadable."""
    try:
        return STRAY_BYTE.sub(lambda byte: bytes([ord(byte[0]) - 0xDC00]).decode("cp1252"), cell)
    except UnicodeDecodeError:
        raise Unreadable from None


class _Unclosed(io.BufferedReader):
    """A buffered view of a stream that does not close the stream when it is garbage collected."""

    def __init__(self, stream: BinaryIO):
        super().__init__(_Raw(stream), buffer_size=CHUNK)


class _Raw(io.RawIOBase):
    def __init__(self, stream: BinaryIO):
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
