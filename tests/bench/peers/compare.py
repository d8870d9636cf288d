#!/usr/bin/env python3
"""Lorikeet, torch and OpenVINO side by side: one UNet call with batch 2 and one VAE decode at the size of SD 1.5.

Developer-only; needs a virtual environment outside the repository:
  python3 -m venv VENV && VENV/bin/pip install torch==2.13.0 diffusers transformers openvino
  VENV/bin/python tests/bench/peers/compare.py build/engine/lorikeet-cli
All programs get the same number of threads and run one after the other; the fastest repetition counts. torch
and OpenVINO compute in f32, and in bf16 on processors that have it; Lorikeet in f32, with 16-bit integers, with these on
weights of 8 bits, and in what else the processor is fast at. Prints tables in Markdown."""
import argparse
import gc
import json
import platform
import subprocess
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel


def fastest(call, repetitions):
    call()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


class Unet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.net = UNet2DConditionModel(block_out_channels=(320, 640, 1280, 1280), cross_attention_dim=768,
                                        attention_head_dim=8, sample_size=64).eval()

    def forward(self, sample, timestep, text):
        return self.net(sample, timestep, text, return_dict=False)[0]


class Decoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.net = AutoencoderKL(block_out_channels=(128, 256, 512, 512), layers_per_block=2,
                                 down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
                                 latent_channels=4).eval()

    def forward(self, latents):
        return self.net.decode(latents, return_dict=False)[0]


def inputs(stage):
    if stage == "VAE decode":
        return (torch.randn(1, 4, 64, 64),)
    return (torch.randn(2, 4, 64, 64), torch.tensor(500.0), torch.randn(2, 77, 768))


def measure_torch(model, arguments, options):
    model = model.to(memory_format=torch.channels_last)
    with torch.inference_mode():
        return fastest(lambda: model(*arguments), options.repetitions)


def measure_openvino(model, arguments, options, precision="f32"):
    import openvino as ov
    with torch.no_grad():
        converted = ov.convert_model(model, example_input=arguments)
    compiled = ov.Core().compile_model(converted, "CPU", {"INFERENCE_NUM_THREADS": options.threads,
                                                          "INFERENCE_PRECISION_HINT": precision,
                                                          "PERFORMANCE_HINT": "LATENCY"})
    request = compiled.create_infer_request()
    values = [a.numpy() for a in arguments]
    return fastest(lambda: request.infer(values), options.repetitions)


STAGES = {"UNet call, batch 2": Unet, "VAE decode": Decoder}
KINDS = {"f32": [], "int16": ["--arithmetic", "int16"],
         "int8 weights, int16": ["--precision", "int8", "--arithmetic", "int16"], "bf16": ["--arithmetic", "bf16"],
         "int8": ["--precision", "int8", "--arithmetic", "int8"]}


def measure_lorikeet(options, arguments):
    command = [options.program, "bench", "--json", "--threads", str(options.threads), "--repetitions", str(options.repetitions),
               *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="path of lorikeet-cli")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    has_bf16 = "avx512_bf16" in Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else False
    rows = {}
    for stage in options.stages:
        model, arguments = STAGES[stage](), inputs(stage)
        rows[stage] = {"torch f32": measure_torch(model, arguments, options),
                       "OpenVINO f32": measure_openvino(model, arguments, options)}
        if has_bf16:
            rows[stage]["OpenVINO bf16"] = measure_openvino(model, arguments, options, "bf16")
            with torch.autocast("cpu", torch.bfloat16):
                rows[stage]["torch bf16"] = measure_torch(model, arguments, options)
        del model
        gc.collect()
    reports = {kind: measure_lorikeet(options, arguments) for kind, arguments in KINDS.items()}
    # Where the processor lacks an arithmetic, the program says that it took another one.
    reports = {kind: report for kind, report in reports.items() if report["arithmetic"] in kind}
    import openvino
    own = reports["f32"]
    print(f"{own['processor']}, {own['instruction_set']}, {options.threads} threads, 512x512; "
          f"torch {torch.__version__}, OpenVINO {openvino.__version__.split('-')[0]}, Python {platform.python_version()}\n")
    peers = list(next(iter(rows.values())))
    print("| s | " + " | ".join(peers) + " | Lorikeet | s | " + " | ".join(f"against {p}" for p in peers) + " |")
    print("|---" * (3 + 2 * len(peers)) + "|")
    for stage, row in rows.items():
        for kind, report in reports.items():
            own = next(s["seconds"] for s in report["stages"] if s["name"] == stage)
            print(f"| {stage} | " + " | ".join(f"{row[p]:.2f}" for p in peers) + f" | {kind} | {own:.2f} | "
                  + " | ".join(f"{row[p] / own:.2f}x" for p in peers) + " |")
    for kind, report in reports.items():
        print(f"\nLorikeet {kind}: peak memory {report['peak_memory_bytes'] / 1e9:.2f} GB, load "
              f"{report['load_seconds']:.2f} s, prepared {report['load_prepared_seconds']:.2f} s, f32 matrix product "
              f"{report['matmul_peak_gflops']:.0f} GFLOP/s")


if __name__ == "__main__":
    main()
