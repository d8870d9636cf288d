#!/usr/bin/env python3
"""How long a stop takes: starts a picture of a model of SD 1.5's size again and again, interrupts it at a random moment
(loading, encoding, denoising, decoding) and prints a histogram of the times until the process has ended.

  python3 tests/bench/stops.py build/release/engine/lorikeet-cli [--model MODEL] [--count 200] [--size 512]
"""
import argparse
import collections
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

EDGES = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, float("inf")]
STOPPED = 130


def command(options, folder):
    size = str(options.size)
    return [options.program, "generate", "-m", options.model, "-p", "a red fox in the snow", "--steps", "1", "--width",
            size, "--height", size, "-o", str(Path(folder) / "picture.png")]


def whole_run(options, folder):
    start = time.monotonic()
    subprocess.run(command(options, folder), check=True, capture_output=True)
    return time.monotonic() - start


def stop_after(options, folder, delay):
    """Seconds from the signal to the end; None where the picture was finished before."""
    process = subprocess.Popen(command(options, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        process.wait(delay)
        return None
    except subprocess.TimeoutExpired:
        pass
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    code = process.wait()
    elapsed = time.monotonic() - start
    if code == 0:
        return None
    if code not in (STOPPED, -signal.SIGINT):
        raise RuntimeError(f"stopped after {delay:.3f} s, the program ended with {code}")
    leftover = os.listdir(folder)
    if leftover:
        raise RuntimeError(f"stopped after {delay:.3f} s, the program left {leftover}")
    return elapsed


def print_histogram(times):
    bins = collections.Counter(next(i for i, edge in enumerate(EDGES) if value < edge) for value in times)
    low = 0.0
    for i, edge in enumerate(EDGES):
        if bins[i]:
            print(f"{low:5.2f} to {edge:5.2f} s {bins[i]:4d} {'#' * bins[i]}")
        low = edge
    ordered = sorted(times)
    print(f"{len(times)} stops: median {ordered[len(ordered) // 2]:.3f} s, worst {ordered[-1]:.3f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--model", default=str(Path.home() / ".cache/lorikeet/bench-sd15"))
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    times = []
    with tempfile.TemporaryDirectory() as folder:
        longest = whole_run(options, folder)
        os.remove(Path(folder) / "picture.png")
        print(f"a whole run takes {longest:.1f} s", flush=True)
        while len(times) < options.count:
            delay = rng.uniform(0, longest)
            elapsed = stop_after(options, folder, delay)
            Path(folder, "picture.png").unlink(missing_ok=True)
            if elapsed is None:
                continue
            times.append(elapsed)
            if elapsed >= 0.2:
                print(f"{elapsed:.3f} s for a stop after {delay:.3f} s", flush=True)
    print_histogram(times)


if __name__ == "__main__":
    main()
