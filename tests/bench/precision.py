#!/usr/bin/env python3
"""What fewer bits for the weights save and cost: pictures of the starter model against f32 with the same seeds, and for
a model of SD 1.5's size peak memory, time of a step and of loading.

  python3 tests/bench/precision.py build/release/engine/lorikeet-cli [--model MODEL] [--num 16] [--steps 2]

Needs numpy and Pillow.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy
from PIL import Image

PROMPTS = ["a red apple, flat style", "cat on a blue background, 3d style", "a green car", "a house, icon"]
PRECISIONS = ["f32", "bf16", "int8"]


def generate(program, folder, *arguments):
    result = subprocess.run([program, "generate", "-o", f"{folder}/", "--json", *arguments], check=True,
                            capture_output=True, text=True)
    return json.loads(result.stdout)


def pixels(report):
    return [numpy.asarray(Image.open(picture["file"]), dtype=float) for picture in report["pictures"]]


def psnr(a, b):
    error = ((a - b) ** 2).mean()
    return 10 * numpy.log10(255 ** 2 / error) if error > 0 else float("inf")


def starter(program, num):
    prompts = [word for prompt in PROMPTS for word in ("-p", prompt)]
    exact = None
    for precision in PRECISIONS:
        with tempfile.TemporaryDirectory() as folder:
            report = generate(program, folder, *prompts, "--steps", "20", "--num", str(max(1, num // len(PROMPTS))),
                              "--precision", precision)
            pictures = pixels(report)
        exact = exact or pictures
        values = [psnr(a, b) for a, b in zip(pictures, exact)]
        print(f"starter {precision}: PSNR {numpy.mean(values):.1f} dB, worst {min(values):.1f} dB, "
              f"peak {report['peak_memory_bytes'] / 1e6:.0f} MB, {report['elapsed_ms'] / 1000:.2f} s", flush=True)


def large(program, model, steps):
    exact = None
    for precision in PRECISIONS:
        with tempfile.TemporaryDirectory() as folder:
            latents = Path(folder) / "latents.safetensors"
            report = generate(program, folder, "-m", model, "-p", PROMPTS[0], "--steps", str(steps), "--width", "512",
                              "--height", "512", "--precision", precision, "--latents", str(latents))
            data = latents.read_bytes()
        header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
        begin, end = header["latents.final"]["data_offsets"]
        start = 8 + int.from_bytes(data[:8], "little")
        final = numpy.frombuffer(data[start + begin:start + end], dtype="<f4").astype(float)
        exact = final if exact is None else exact
        cosine = (final * exact).sum() / numpy.sqrt((final ** 2).sum() * (exact ** 2).sum())
        timings = {timing["name"]: timing["elapsed_ms"] / 1000 for timing in report["timings"]}
        print(f"{Path(model).name} {precision}: peak {report['peak_memory_bytes'] / 1e9:.2f} GB "
              f"(estimate {report['memory_estimate']['peak_bytes'] / 1e9:.2f}), load {timings['load']:.2f} s, "
              f"a step {timings['denoise'] / steps:.2f} s, decode {timings['decode']:.2f} s, cosine {cosine:.6f}",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--num", type=int, default=16)
    parser.add_argument("--steps", type=int, default=2)
    options = parser.parse_args()
    starter(options.program, options.num)
    for model in options.model:
        large(options.program, model, options.steps)


if __name__ == "__main__":
    main()
