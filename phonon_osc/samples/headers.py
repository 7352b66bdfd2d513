"""What the headers of sound files say, read without a decoder: how much sound there is, at which note, and how to mend them.

A recorder that crashed leaves a header that says 0 bytes although sound follows. A download that broke off leaves an Ogg page that is
not whole. An MP3 of variable bit rate may not say how long it is, and then decoders guess. libsndfile refuses these files, gives nothing,
or ends too early; `mend` and `mend_mp3` say what to change so that all of their sound is heard.

Formats: RIFF MCI 1.0 (1991) and EBU Tech 3306 (RF64), Apple AIFF 1.3 and CAF, Sun's au, RFC 3533 (Ogg), ISO 11172-3 and 13818-3 (MP3).
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MAX_CHUNKS = 64
_NAME = re.compile(rb"[ -~]{4}$")
_STREAMED = 0xFFFFFFFF  # the length that says "until the end of the file"
_OGG_HEAD = 27
_MP3_SLACK = 4 * 1_152  # frames by which an encoder's delay and padding may shorten an MP3
_MP3_SEARCH = 1 << 16  # bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a file: its name, where its content begins, and how long its header says that is (which may be wrong)."""

    name: bytes
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Mend:
    """Another form of a file: ``head``, then its bytes from ``first`` to ``end``, then ``tail``, in which ``patches`` are written over."""

    first: int
    end: int
    head: bytes = b""
    tail: bytes = b""
    patches: tuple[tuple[int, bytes], ...] = ()


def chunks(file: int, size: int) -> Iterator[Chunk]:
    """The chunks of a RIFF, RF64, AIFF or CAF file open at descriptor ``file``; none of others."""
    magic = os.pread(file, 12, 0)
    if magic[:4] in (b"RIFF", b"RF64") and magic[8:] == b"WAVE":
        at, form = 12, "<4sI"
    elif magic[:4] == b"FORM" and magic[8:] in (b"AIFF", b"AIFC"):
        at, form = 12, ">4sI"
    elif magic[:4] == b"caff":
        at, form = 8, ">4sq"
    else:
        return
    head = struct.calcsize(form)
    for _ in range(_MAX_CHUNKS):
        raw = os.pread(file, head, at)
        if len(raw) < head or at >= size:
            return
        name, length = struct.unpack(form, raw)
        yield Chunk(name, at + head, length)
        if length < 0:
            return
        at += head + length + (length & 1 if head == 8 else 0)  # RIFF and AIFF pad to even lengths


def root_note(file: int, size: int) -> float | None:
    """The MIDI note that the file says it sounds (``smpl`` or ``inst`` of WAV, ``INST`` of AIFF), None if it does not say."""
    note: float | None = None
    for chunk in chunks(file, size):
        if chunk.name == b"smpl" and chunk.length >= 20:
            raw = os.pread(file, 8, chunk.at + 12)
            if len(raw) == 8:
                whole, fraction = struct.unpack("<II", raw)
                return whole + fraction / 2.0**32 if whole <= 127 else None
        elif chunk.name in (b"inst", b"INST") and chunk.length >= 7:
            raw = os.pread(file, 2, chunk.at)
            if len(raw) == 2 and raw[0] <= 127:
                cents = struct.unpack("b", raw[1:])[0]
                note = raw[0] - (cents / 100.0 if -50 <= cents <= 50 else 0.0)
    return note


def is_silent_file(path: str) -> bool:
    """Whether a file certainly holds no sound: a known kind of header, and nothing behind it that could be heard. OSError."""
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        size = os.fstat(file).st_size
        magic = os.pread(file, 4, 0)
        if magic == b".snd":
            return size <= int.from_bytes(os.pread(file, 4, 4), "big")
        if magic == b"OggS":
            return _ogg_is_silent(file, size)
        if magic == b"fLaC":
            return _flac_is_silent(file, size)
        kind = {b"RIFF": b"data", b"RF64": b"data", b"FORM": b"SSND", b"caff": b"data"}.get(magic)
        if kind is None:
            return False
        known = list(chunks(file, size))
        sound = next((chunk for chunk in known if chunk.name == kind), None)
        if sound is None:
            return bool(known) and known[-1].at + known[-1].length == size  # beyond it: cut, or still being written
        before = {b"FORM": 8, b"caff": 4}.get(magic, 0)  # bytes of the sound's chunk that come before the sound
        return size <= sound.at + before or (
            sound.length <= before and _are_chunks(file, sound.at + sound.length, size, magic)
        )
    finally:
        os.close(file)


def mend(file: int, size: int) -> Mend | None:
    """How to make all of a file's sound heard, None if nothing is known to be wrong with it."""
    magic = os.pread(file, 4, 0)
    if magic == b"OggS":
        return _mend_ogg(file, size)
    if magic == b".snd":
        return Mend(0, size, patches=((8, struct.pack(">I", _STREAMED)),))
    known = {chunk.name: chunk for chunk in chunks(file, size)}
    if magic in (b"RIFF", b"RF64") and b"data" in known:
        return _mend_wav(file, size, magic, known)
    if magic == b"FORM" and b"SSND" in known and b"COMM" in known:
        return _mend_aiff(file, size, known)
    if magic == b"caff" and b"data" in known and known[b"data"].length <= 4 < size - known[b"data"].at:
        at = known[b"data"].at
        return Mend(0, size, patches=((at - 8, struct.pack(">q", size - at)),))
    return None


def _are_chunks(file: int, at: int, size: int, magic: bytes) -> bool:
    """Whether what lies from ``at`` to the end is a row of chunks: then it is no sound."""
    form = "<4sI" if magic in (b"RIFF", b"RF64") else ">4sI"
    for _ in range(_MAX_CHUNKS):
        raw = os.pread(file, 8, at)
        if len(raw) < 8:
            return at >= size - 1
        name, length = struct.unpack(form, raw)
        if not _NAME.match(name) or length > size - at:
            return False
        at += 8 + length + (length & 1)
    return False


def _mend_wav(file: int, size: int, magic: bytes, known: dict[bytes, Chunk]) -> Mend | None:
    data = known[b"data"]
    there = size - data.at
    if data.length not in (0, _STREAMED) or there <= 0 or _are_chunks(file, data.at, size, magic):
        return None
    patches = [
        (4, struct.pack("<I", min(size - 8, _STREAMED - 1))),
        (data.at - 4, struct.pack("<I", min(there, _STREAMED - 1))),
    ]
    if magic == b"RF64":
        if b"ds64" not in known:
            return None
        align = _block_align(file, known)
        patches = [
            (known[b"ds64"].at, struct.pack("<QQQ", size - 8, there, there // align)),
            (data.at - 4, struct.pack("<I", _STREAMED)),
        ]
    return Mend(0, size, patches=tuple(patches))


def _block_align(file: int, known: dict[bytes, Chunk]) -> int:
    raw = os.pread(file, 2, known[b"fmt "].at + 12) if b"fmt " in known else b""
    return max(int.from_bytes(raw, "little"), 1)


def _mend_aiff(file: int, size: int, known: dict[bytes, Chunk]) -> Mend | None:
    sound, common = known[b"SSND"], known[b"COMM"]
    there = size - sound.at
    if sound.length > 8 or there <= 8 or _are_chunks(file, sound.at + sound.length, size, b"FORM"):
        return None
    channels, _, bits = struct.unpack(">hIh", os.pread(file, 8, common.at).ljust(8, b"\0"))
    frames = (there - 8) // max(channels * ((bits + 7) // 8), 1)
    patches = (
        (4, struct.pack(">I", min(size - 8, _STREAMED))),
        (common.at + 2, struct.pack(">I", min(frames, _STREAMED))),
        (sound.at - 4, struct.pack(">I", min(there, _STREAMED))),
    )
    return Mend(0, size, patches=patches)


def _flac_is_silent(file: int, size: int) -> bool:
    """Metadata blocks to the end, and no frame behind them."""
    at = 4
    for _ in range(_MAX_CHUNKS):
        raw = os.pread(file, 4, at)
        if len(raw) < 4:
            return True
        at += 4 + int.from_bytes(raw[1:], "big")
        if raw[0] & 0x80:
            return at >= size
    return False


# --- Ogg -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Page:
    """A page: where it begins and ends (beyond the file, if it is cut), and the frame at its end (0 for headers)."""

    at: int
    end: int
    granule: int
    raw: bytes  # the head and the table of segments


def _ogg_pages(file: int, size: int) -> Iterator[_Page]:
    at = 0
    while at < size:
        head = os.pread(file, _OGG_HEAD + 255, at)
        if head[:4] != b"OggS" or len(head) < _OGG_HEAD or len(head) < _OGG_HEAD + head[26]:
            return
        table = head[_OGG_HEAD : _OGG_HEAD + head[26]]
        end = at + _OGG_HEAD + len(table) + sum(table)
        yield _Page(at, end, struct.unpack_from("<q", head, 6)[0], head[: _OGG_HEAD + len(table)])
        at = end


def _ogg_is_silent(file: int, size: int) -> bool:
    """Whole pages of headers to the end."""
    pages = list(_ogg_pages(file, size))
    return bool(pages) and pages[-1].end == size and all(page.granule <= 0 for page in pages)


def _mend_ogg(file: int, size: int) -> Mend | None:
    """The last page, which is cut, with those of its packets that are whole."""
    pages = list(_ogg_pages(file, size))
    if not pages or pages[-1].end <= size:
        return None
    last = pages[-1]
    table, left = last.raw[_OGG_HEAD:], size - last.at - len(last.raw)
    whole, count, passed = 0, 0, 0
    for number, length in enumerate(table, 1):
        passed += length
        if passed > left:
            break
        if length < 255:  # the last segment of a packet
            count, whole = number, passed
    if not count:
        return Mend(0, last.at) if last.at else None
    body = os.pread(file, whole, last.at + len(last.raw))
    head = bytearray(last.raw[:_OGG_HEAD])
    head[
        5
    ] &= (
        ~4
    )  # not marked as the last page: libsndfile then takes its own count of frames for the page's, which is too high
    head[22:26] = bytes(4)  # the checksum, of a page that has none yet
    head[26] = count
    page = bytes(head) + table[:count] + body
    return Mend(0, last.at, tail=page[:22] + struct.pack("<I", _ogg_crc(page)) + page[26:])


def _ogg_crc(page: bytes) -> int:
    """RFC 3533: polynomial 0x04c11db7, not reflected, from 0."""
    crc = 0
    for byte in page:
        crc = ((crc << 8) & 0xFFFFFFFF) ^ _CRC[(crc >> 24) ^ byte]
    return crc


def _crc_row(value: int) -> int:
    value <<= 24
    for _ in range(8):
        value = (value << 1) ^ (0x104C11DB7 if value & 0x80000000 else 0)
    return value


_CRC = [_crc_row(value) for value in range(256)]

# --- MP3 -------------------------------------------------------------------------------------------------------------
_RATES = (44_100, 48_000, 32_000)
_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def _mp3_frame(head: bytes) -> tuple[int, int] | None:
    """Bytes and samples of the layer 3 frame that begins with these four bytes, None if none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, kbits, rate = (head[1] >> 3) & 3, head[2] >> 4, (head[2] >> 2) & 3
    if version == 1 or kbits in (0, 15) or rate == 3:
        return None
    first = version == 3
    hz = _RATES[rate] >> (0 if first else 1 if version == 2 else 2)
    length = (144 if first else 72) * (_KBITS_1 if first else _KBITS_2)[kbits] * 1000 // hz + ((head[2] >> 1) & 1)
    return length, 1_152 if first else 576


def mend_mp3(file: int, size: int, frames: int) -> Mend | None:
    """The MP3 with a first frame that says how long it is, if a decoder takes it for shorter (``frames``) than it is."""
    data = os.pread(file, size, 0)
    first = _mp3_start(data)
    if first is None:
        return None
    at, count, samples = first, 0, 0
    while (frame := _mp3_frame(data[at : at + 4])) is not None:
        count += 1
        at, samples = at + frame[0], samples + frame[1]
    if samples <= frames + _MP3_SLACK:
        return None
    return Mend(first, size, _xing(data[first : first + 4], count))


def _mp3_start(data: bytes) -> int | None:
    """Where the first of two frames in a row begins, behind a tag if there is one."""
    at = 0
    if data[:3] == b"ID3" and len(data) >= 10:
        at = 10 + ((data[6] & 127) << 21 | (data[7] & 127) << 14 | (data[8] & 127) << 7 | data[9] & 127)
    for start in range(at, min(at + _MP3_SEARCH, len(data) - 4)):
        frame = _mp3_frame(data[start : start + 4])
        if frame is not None and _mp3_frame(data[start + frame[0] : start + frame[0] + 4]) is not None:
            return start
    return None


def _xing(head: bytes, count: int) -> bytes:
    """A silent frame like the file's own that holds their number, as encoders of variable bit rate put it first."""
    for kbits in range(1, 15):  # the smallest that has room for it
        own = bytes((head[0], head[1] | 1, kbits << 4 | head[2] & 0x0C, head[3]))
        frame = _mp3_frame(own)
        first, mono = (head[1] >> 3) & 3 == 3, head[3] >> 6 == 3
        side = (17 if mono else 32) if first else (9 if mono else 17)
        if frame is not None and frame[0] >= 4 + side + 12:
            return (own + bytes(side) + b"Xing" + struct.pack(">II", 1, count)).ljust(frame[0], b"\0")
    return b""
