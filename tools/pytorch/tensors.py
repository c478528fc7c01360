"""Safetensors files: a small reader, enough for F32, F64, I64 and U8, and a writer of F32. numpy only."""

import json
import os
import struct

import numpy

TYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U8": "u1"}


def read(path):
    """Returns ({name: array}, {metadata})."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    body = memoryview(data)[8 + length :]
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(body[begin:end], TYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"]).copy()
    return tensors, metadata


def write(path, values, metadata):
    """Writes {name: float32 array} and {metadata: string}; the file is whole or not there."""
    header, at = {"__metadata__": metadata}, 0
    for name, value in values.items():
        size = 4 * value.size
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in values.values():
            file.write(numpy.ascontiguousarray(value, "<f4").tobytes())
    os.replace(path + ".part", path)
