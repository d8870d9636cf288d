#!/usr/bin/env python3
"""What each shortcut saves and costs, with the starter model: time of denoising and how far the picture is from that
of the whole work with the same seed (PSNR over all pictures together, and the worst one).

Developer-only; needs Pillow and numpy:
  python3 tests/bench/shortcuts.py build/release/engine/lorikeet-cli [--model MODEL] [--steps 20]
Prints a table in Markdown. Denoising alone is timed; all pictures of a row are made by one process. Processors without
an arithmetic take the next one; LORIKEET_SLOW_ARITHMETIC=1 shows what it does to pictures all the same, slowly."""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

ROWS = [
    ("all the work", []),
    ("16-bit integers (preset fast)", ["--preset", "fast"]),
    ("8-bit integers", ["--arithmetic", "int8"]),
    ("bf16", ["--arithmetic", "bf16"]),
    ("guidance in 0.1 to 0.8", ["--guidance-start", "0.1", "--guidance-end", "0.8"]),
    ("guidance every 2", ["--guidance-every", "2"]),
    ("guidance every 4", ["--guidance-every", "4"]),
    ("inner layers every 2", ["--inner-every", "2"]),
    ("inner layers every 3", ["--inner-every", "3"]),
    ("inner layers every 5", ["--inner-every", "5"]),
    ("both every 3", ["--guidance-every", "3", "--inner-every", "3"]),
    ("both every 4", ["--guidance-every", "4", "--inner-every", "4"]),
    ("merged tokens 0.25", ["--merge-tokens", "0.25"]),
    ("merged tokens 0.5", ["--merge-tokens", "0.5"]),
    ("10 steps", ["--steps", "10"]),
    ("7 steps", ["--steps", "7"]),
    ("preset draft", ["--preset", "draft"]),
]
PROMPTS = ["a red apple on a blue background, flat style", "a green tree", "a yellow star on a white background",
           "a blue car, flat style"]


def make(cli, options, arguments, folder):
    """Pictures as one array [n, h, w, 3], and the seconds that denoising took."""
    pictures, seconds = [], 0.0
    for number, prompt in enumerate(PROMPTS[: options.prompts]):
        command = [cli, "generate", "-p", prompt, "--num", str(options.images), "--steps", str(options.steps), "--json",
                   "--timings", "-o", str(folder / f"{number}.png")]
        if options.model:
            command += ["-m", options.model]
        report = json.loads(subprocess.run(command + arguments, check=True, capture_output=True, text=True).stdout)
        seconds += sum(stage["elapsed_ms"] for stage in report["timings"] if stage["name"] == "denoise") / 1000
        pictures += [np.asarray(Image.open(made["file"]).convert("RGB"), np.float64) for made in report["pictures"]]
    return np.stack(pictures), seconds


def psnr(a, b):
    error = ((a - b) ** 2).mean()
    return float("inf") if error == 0 else 10 * np.log10(255 ** 2 / error)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("--model")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--prompts", type=int, default=len(PROMPTS))
    parser.add_argument("--only", nargs="*", help="names of rows beside the first")
    options = parser.parse_args()
    print("| shortcut | denoising | faster | PSNR | worst |\n|---|---|---|---|---|")
    exact = exact_seconds = None
    for name, arguments in ROWS:
        if exact is not None and options.only and name not in options.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            pictures, seconds = make(options.cli, options, arguments, Path(folder))
        if exact is None:
            exact, exact_seconds = pictures, seconds
        worst = min(psnr(a, b) for a, b in zip(pictures, exact))
        print(f"| {name} | {seconds:.2f} s | {exact_seconds / seconds:.2f}x | {psnr(pictures, exact):.1f} dB | "
              f"{worst:.1f} dB |", flush=True)


if __name__ == "__main__":
    main()
