"""Runs lorikeet-cli for the end-to-end tests, and reads the files that it writes."""
import json
import os
import resource
import struct
import subprocess
import sys
import zlib
from array import array
from pathlib import Path

PROGRAM = os.environ.get("LORIKEET_CLI", "lorikeet-cli")
SOURCE = Path(__file__).resolve().parents[2]
TINY_MODEL = SOURCE / "tests/golden/tiny-sd1"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def limit_file_size(byte_size):
    """For preexec_fn: writes beyond the size fail, as they do on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (byte_size, byte_size))


def run(*arguments, cwd=None, timeout=120, **options):
    """Runs the program to its end; returns a CompletedProcess with text output."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], cwd=cwd, timeout=timeout, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False, **options)


def start(*arguments, cwd=None):
    return subprocess.Popen(
        [PROGRAM, *map(str, arguments)], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        stdin=subprocess.DEVNULL)


def read_png(path):
    """Width, height and text chunks of a PNG. Raises ValueError where it is not whole."""
    data = Path(path).read_bytes()
    if not data.startswith(PNG_SIGNATURE):
        raise ValueError(f"{path}: no PNG")
    at, text, size, kind = 8, {}, None, None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        crc, = struct.unpack(">I", data[at + 8 + length:at + 12 + length])
        if zlib.crc32(kind + body) != crc:
            raise ValueError(f"{path}: wrong checksum in {kind}")
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        elif kind == b"tEXt":
            key, value = body.split(b"\0", 1)
            text[key.decode()] = value.decode("latin-1")
        elif kind == b"iTXt":
            key, rest = body.split(b"\0", 1)
            value = rest[2:].split(b"\0", 2)[2]
            text[key.decode()] = (zlib.decompress(value) if rest[0] else value).decode("utf-8")
        at += 12 + length
    if kind != b"IEND":
        raise ValueError(f"{path}: cut short")
    return size, text


def read_pixels(path):
    """Rows of the bytes of a PNG with 8 bits a channel and no interlacing, as the program writes it."""
    data = Path(path).read_bytes()
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, _, kind_of_colour = struct.unpack(">IIBB", body[:10])
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    step = {0: 1, 2: 3, 4: 2, 6: 4}[kind_of_colour]
    raw, size = zlib.decompress(packed), 1 + step * width
    rows, above = [], bytes(step * width)
    for y in range(height):
        row = bytearray(raw[y * size + 1:(y + 1) * size])
        for x, value in enumerate(row):
            left, up = row[x - step] if x >= step else 0, above[x]
            corner = above[x - step] if x >= step else 0
            nearest = min((left, up, corner), key=lambda v: abs(left + up - corner - v))
            row[x] = (value + (0, left, up, (left + up) // 2, nearest)[raw[y * size]]) & 255
        rows.append(bytes(row))
        above = row
    return rows


def read_safetensors(path):
    """Name -> (shape, array of float) of the F32 tensors."""
    data = Path(path).read_bytes()
    length, = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        values = array("f")
        begin, end = entry["data_offsets"]
        values.frombytes(data[8 + length + begin:8 + length + end])
        tensors[name] = (entry["shape"], values)
    return tensors


if sys.byteorder != "little":
    raise SystemExit("these tests read little-endian files")
