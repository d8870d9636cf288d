#!/usr/bin/env python3
"""Estimated against measured peak memory of the workshop's operations at the size of SD 1.5.

usage: workshop_memory.py CLI [--model FOLDER] [--only NAME ...]
Adapters are random, over all layers of the transformer blocks. The model defaults to the random one that
`lorikeet-cli bench` keeps in the cache. Needs numpy.
"""
import argparse
import json
import os
import shutil
import struct
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

MODULES = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out")


def header_of(file):
    with open(file, "rb") as data:
        return json.loads(data.read(struct.unpack("<Q", data.read(8))[0]))


def write_adapter(file, model, rank, hadamard=False, everything=False):
    random = np.random.default_rng(rank)
    tensors = {}
    for name, entry in header_of(model / "unet/diffusion_pytorch_model.safetensors").items():
        module = name.removesuffix(".weight")
        is_of_block = ".attentions." in module and module.endswith(MODULES)
        if name == module or len(entry["shape"]) < 2 or not (everything or is_of_block):
            continue
        outputs, inputs = entry["shape"][0], int(np.prod(entry["shape"][1:]))
        key = "lora_unet_" + module.replace(".", "_")
        pairs = (("hada_w1_b", "hada_w1_a"), ("hada_w2_b", "hada_w2_a")) if hadamard else \
            (("lora_down.weight", "lora_up.weight"),)
        is_convolution = len(entry["shape"]) == 4 and not hadamard
        for down, up in pairs:
            values = random.normal(0, 0.01, (rank, inputs)).astype(np.float16)
            tensors[f"{key}.{down}"] = values.reshape([rank] + entry["shape"][1:]) if is_convolution else values
            values = random.normal(0, 0.01, (outputs, rank)).astype(np.float16)
            tensors[f"{key}.{up}"] = values.reshape(outputs, rank, 1, 1) if is_convolution else values
        tensors[f"{key}.alpha"] = np.array(rank, np.float16)
    header, at = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F16", "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            out.write(values.tobytes())


def run(cli, arguments):
    """What it printed, peak resident bytes and seconds."""
    begin = time.monotonic()
    process = subprocess.Popen([cli, "lora", *map(str, arguments), "--json"], stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"failed: {arguments}")
    return json.loads(text), usage.ru_maxrss * 1024, time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("--model", type=Path, default=Path.home() / ".cache/lorikeet/bench-sd15")
    parser.add_argument("--only", nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        small, large, loha = folder / "r16.safetensors", folder / "r64.safetensors", folder / "loha.safetensors"
        write_adapter(small, options.model, 16)
        write_adapter(large, options.model, 64)
        write_adapter(loha, options.model, 8, hadamard=True)
        locon = folder / "locon.safetensors"
        write_adapter(locon, options.model, 4, everything=True)
        out, model = folder / "out.safetensors", folder / "merged"
        base = ("--base", options.model)
        operations = {
            "merge": ("merge", "-l", small, "-l", large, *base, "-o", out),
            "merge-rank": ("merge", "-l", small, "-l", large, *base, "-o", out, "--rank", 16),
            "merge-dense": ("merge", "-l", small, "-l", loha, *base, "-o", out, "--type", "f16"),
            "merge-dense-rank": ("merge", "-l", small, "-l", loha, *base, "-o", out, "--rank", 16),
            "resize": ("resize", large, out, "-m", options.model, "--rank", 16),
            "resize-energy": ("resize", large, out, "-m", options.model, "--energy", 0.9),
            "convert": ("convert", large, folder / "peft", "-m", options.model, "--to", "peft"),
            "convert-onnx": ("convert", large, folder / "out.lora", "-m", options.model, "--to", "onnx"),
            "convert-diffusers": ("convert", large, out, "-m", options.model, "--to", "diffusers"),
            "merge-model-f32": ("merge", "-m", options.model, "-l", large, "-o", folder / "wide", "--type", "f32"),
            "merge-model": ("merge", "-m", options.model, "-l", locon, "-o", model),
            "extract": ("extract", model, out, *base, "--rank", 16),
            "extract-linear": ("extract", model, out, *base, "--rank", 16, "--linear"),
        }
        print("| operation | estimated, MB | measured, MB | off by | s |\n|---|---|---|---|---|")
        for name, arguments in operations.items():
            if options.only and name not in options.only and name != "merge-model":
                continue
            estimated = run(options.cli, (*arguments, "--estimate"))[0]["memory_bytes"]
            _, measured, seconds = run(options.cli, arguments)
            print(f"| {name} | {estimated / 1e6:.0f} | {measured / 1e6:.0f} | {estimated / measured - 1:+.0%} | "
                  f"{seconds:.1f} |", flush=True)
            for path in (out, folder / "out.lora", folder / "peft", folder / "wide"):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


main()
