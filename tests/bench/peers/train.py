#!/usr/bin/env python3
"""LoRA training beside diffusers + peft in f32 on the same machine, one after the other: seconds a step, peak memory.

usage: train.py --cli PATH [--model FOLDER] [--sizes 512] [--batches 1] [--rank 8] [--steps 4] [--full]
--full adds diffusers' training of all UNet weights at the first size. The model defaults to the random one of
SD 1.5's size that `lorikeet-cli bench` keeps in the cache. Each measurement is a process of its own; the median of its
steps counts.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def peer(options):
    """In the child: trains on random latents and prints seconds a step."""
    import torch
    from diffusers import UNet2DConditionModel
    from peft import LoraConfig

    torch.manual_seed(0)
    torch.set_num_threads(os.cpu_count())
    unet = UNet2DConditionModel.from_pretrained(Path(options.model) / "unet", torch_dtype=torch.float32)
    unet.requires_grad_(options.full)
    if not options.full:
        unet.add_adapter(LoraConfig(r=options.rank, lora_alpha=options.rank, target_modules=[
            "to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"]))
    trained = [p for p in unet.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=1e-2)
    side, batch = options.size // 8, options.batch
    text = torch.randn(batch, 77, unet.config.cross_attention_dim)
    seconds = []
    for _ in range(options.steps):
        noise, noisy = torch.randn(batch, 4, side, side), torch.randn(batch, 4, side, side)
        begin = time.perf_counter()
        prediction = unet(noisy, torch.randint(0, 1000, (batch,)), text).sample
        torch.nn.functional.mse_loss(prediction, noise).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - begin)
    print(json.dumps({"seconds": statistics.median(seconds), "parameters": sum(p.numel() for p in trained),
                      "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def run_peer(options, size, batch, full=False):
    command = [sys.executable, __file__, "--peer", "--model", options.model, "--size", str(size), "--batch", str(batch),
               "--rank", str(options.rank), "--steps", str(options.steps)] + (["--full"] if full else [])
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        return None
    return json.loads(result.stdout.strip().splitlines()[-1])


def run_own(options, size, batch, *more):
    from PIL import Image
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").mkdir()
        Image.effect_noise((size, size), 80).convert("RGB").save(Path(folder) / "data/picture.png")
        command = [options.cli, "lora", "train", f"{folder}/data", f"{folder}/a.safetensors", "-m", options.model,
                   "--caption", "noise", "--width", size, "--height", size, "--batch", batch, "--rank", options.rank,
                   "--steps", options.steps, "--json", *more]
        result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    report = json.loads(result.stdout)
    return {"seconds": report["seconds_per_step"], "memory": report["peak_memory_bytes"], "timings": report["timings"]}


def row(name, size, batch, result):
    if result is None:
        print(f"| {name} | {size}x{size} | {batch} | did not run | | |", flush=True)
        return
    print(f"| {name} | {size}x{size} | {batch} | {1 / result['seconds']:.4f} | {result['seconds']:.2f} | "
          f"{result['memory'] / 1e9:.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli")
    parser.add_argument("--model", default=str(Path.home() / ".cache/lorikeet/bench-sd15"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[512])
    parser.add_argument("--batches", type=int, nargs="+", default=[1])
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options)
    print("load before:", os.getloadavg(), "processors:", os.cpu_count())
    print("| | resolution | batch | it/s | s/it | peak memory, GB |\n|---|---|---|---|---|---|")
    for size in options.sizes:
        for batch in options.batches:
            own = run_own(options, size, batch)
            row("Lorikeet, LoRA", size, batch, own)
            if size == options.sizes[0] and batch == options.batches[0]:
                details = own["timings"]
                row("Lorikeet, LoRA, --checkpointing on", size, batch, run_own(options, size, batch, "--checkpointing", "on"))
            row("diffusers + peft, LoRA, f32", size, batch, run_peer(options, size, batch))
    if options.full:
        row("diffusers, all weights, f32", options.sizes[0], 1, run_peer(options, options.sizes[0], 1, True))
    print("\nwhere Lorikeet's time goes, ms a step:")
    for timing in details[:14]:
        speed = timing["gigaflops"] / timing["ms"] * 1000 if timing["gigaflops"] else 0
        print(f"  {timing['name']:<28}{timing['ms'] / options.steps:>10.0f}{speed:>8.0f} GFLOP/s")
    print("load after:", os.getloadavg())
    return None


main()
