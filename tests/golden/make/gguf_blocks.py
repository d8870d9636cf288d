#!/usr/bin/env python3
"""Reference values of GGUF's quantised types, from the gguf package (PyPI): tests/golden/gguf.

blocks.safetensors: per type NAME.blocks (U8, random bytes with finite scales) and NAME.values (F32, dequantised).
small.gguf: a few tensors of every kind that is read, as the package's writer lays them out; small.safetensors: the same
values.
usage: gguf_blocks.py OUT_DIR
"""
import sys
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T
from safetensors.numpy import save_file

# Where the f16 scales of a block lie.
SCALES = {T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q2_K: [80, 82], T.Q3_K: [108],
          T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208]}


def random_blocks(rng, kind, rows, blocks):
    size = gguf.GGML_QUANT_SIZES[kind][1]
    data = rng.integers(0, 256, (rows, blocks, size), dtype=np.uint8)
    for at in SCALES[kind]:
        scale = rng.uniform(-0.02, 0.02, (rows, blocks, 1)).astype(np.float16)
        data[:, :, at:at + 2] = scale.view(np.uint8)
    return data.reshape(rows, blocks * size)


def main():
    out = Path(sys.argv[1])
    rng = np.random.default_rng(20)
    tensors = {}
    for kind in SCALES:
        blocks = random_blocks(rng, kind, 1, 3)
        tensors[f"{kind.name}.blocks"] = blocks[0]
        tensors[f"{kind.name}.values"] = gguf.quants.dequantize(blocks, kind)[0].astype(np.float32)
    save_file(tensors, out / "blocks.safetensors")

    writer = gguf.GGUFWriter(out / "small.gguf", "sd1")
    writer.add_string("general.name", "small")
    writer.add_array("test.list", ["a", "bc"])
    expected = {}
    for kind in (T.Q4_0, T.Q8_0, T.Q6_K):
        blocks = random_blocks(rng, kind, 2, 1)
        writer.add_tensor(f"model.{kind.name}", blocks, raw_dtype=kind)
        expected[f"model.{kind.name}"] = gguf.quants.dequantize(blocks, kind).astype(np.float16)
    for name, dtype in (("f32", np.float32), ("f16", np.float16)):
        values = rng.standard_normal((2, 3, 1, 5)).astype(dtype)
        writer.add_tensor(f"model.{name}", values)
        expected[f"model.{name}"] = values
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(expected, out / "small.safetensors")


if __name__ == "__main__":
    main()
