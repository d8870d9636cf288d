"""Make the starter model, its adapters and its networks for edges and masks from the icon packages.

Every stage is seeded, counts steps and not minutes, and goes on where it was interrupted; a finished stage is not repeated.
With --continue-from, the autoencoder of that model is kept, its UNet and text encoder are trained further. The stage base may
run in several processes that share each step: torchrun --nproc-per-node 2 make_starter.py --stages base ...
"""
import argparse
import json
import os
from pathlib import Path

import torch

import adapters
import autoencoder
import base
import concept
import control
import few_step
import icons
import inpaint
import judge
import judge_layout
import judge_parts
import networks
import prepared
import styles
from training import rank_and_count

STAGES = ("icons", "autoencoder", "base", "styles", "control", "inpaint", "few-step", "concept", "word", "judge",
          "judge-parts")
PARTS = {"control", "inpaint", "few-step", "concept", "word"}
PREPARED = 5000  # pictures that the trainings beside the base share


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=Path, default="node_modules", help="where npm installed the icon packages")
    parser.add_argument("--merges", type=Path, help="CLIP's vocabulary file, for a model from nothing")
    parser.add_argument("--work", type=Path, default="work", help="checkpoints and the rendered icons")
    parser.add_argument("--out", type=Path, default="model", help="the finished model; adapters go to OUT/adapters")
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--continue-from", type=Path)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--autoencoder-steps", type=int, default=4000)
    parser.add_argument("--base-pool", type=int, default=24000, help="pictures that the base is trained on")
    parser.add_argument("--base-steps", type=int, default=20000)
    parser.add_argument("--base-batch", type=int, default=64)
    parser.add_argument("--base-rate", type=float, default=1e-3)
    parser.add_argument("--style-steps", type=int, help="of every style (default: as in MODEL_CARD.md)")
    parser.add_argument("--style-batch", type=int, default=8)
    parser.add_argument("--style-rate", type=float, help="of every style (default: as in MODEL_CARD.md)")
    parser.add_argument("--styles", default=",".join(styles.FILTERS))
    for name, steps, rate in (("control", 900, 2e-4), ("inpaint", 2100, 3e-4), ("few-step", 250, 1e-3),
                              ("concept", 130, 2.5e-3), ("word", 220, 1e-2)):
        parser.add_argument(f"--{name}-steps", type=int, default=steps)
        parser.add_argument(f"--{name}-rate", type=float, default=rate)
    parser.add_argument("--part-batch", type=int, default=8, help="pictures in a step of these five")
    parser.add_argument("--judge-count", type=int, default=120)
    arguments = parser.parse_args()
    unknown = set(arguments.stages.split(",")) - set(STAGES)
    if unknown:
        parser.error(f"unknown stage {sorted(unknown)[0]}; the stages are {', '.join(STAGES)}")
    if "base" in arguments.stages.split(",") and not arguments.continue_from and not arguments.merges:
        parser.error("a base model from nothing needs --merges, a better one --continue-from")
    return arguments


def train_autoencoder(a):
    model = networks.new_autoencoder().to(a.device)
    autoencoder.train(model, a.work / "icons.npz", a.work / "autoencoder.pt", a.autoencoder_steps)
    return model


def train_base(a):
    """Write the base model to `a.out`."""
    if a.continue_from:
        pipeline = networks.load(a.continue_from, a.device)
    else:
        tokenizer = networks.new_tokenizer(a.merges, a.work / "tokenizer")
        torch.manual_seed(3)
        pipeline = networks.assemble(tokenizer, networks.new_text_encoder(tokenizer), networks.new_unet(),
                                     train_autoencoder(a)).to(a.device)
    base.train(pipeline, a.work / "icons.npz", a.work, a.base_pool, a.base_steps, a.base_batch, a.base_rate, seed=11)
    if rank_and_count()[0] == 0:
        networks.save(pipeline, a.out, (a.continue_from or a.work) / "tokenizer")


def train_styles(a):
    folder = a.out / "adapters"
    folder.mkdir(parents=True, exist_ok=True)
    pipeline = networks.load(a.out, a.device)
    for number, style in enumerate(a.styles.split(",")):
        steps, rate = adapters.COURSES[style]
        adapters.train(pipeline, a.work / "icons.npz", style, a.work / f"{style}.pt", folder / f"{style}.safetensors",
                       a.style_steps or steps, a.style_batch, a.style_rate or rate, seed=21 + number)


def train_parts(a, stages):
    """What is trained beside the base, on pictures that are encoded once."""
    pipeline = networks.load(a.out, a.device)
    file = a.work / "icons.npz"
    data = None
    if {"control", "inpaint", "few-step"} & stages:
        data = prepared.prepare(pipeline, file, a.work / "prepared.pt", PREPARED)
    for folder in ("adapters", "embeddings"):
        (a.out / folder).mkdir(parents=True, exist_ok=True)
    common = {"size": a.part_batch}
    if "control" in stages:
        control.train(pipeline, data, a.work / "control.pt", a.out / "controlnet", a.control_steps, rate=a.control_rate,
                      seed=41, **common)
    if "inpaint" in stages:
        inpaint.train(pipeline, data, a.work / "inpaint.pt", a.out / "inpainting", a.inpaint_steps,
                      rate=a.inpaint_rate, seed=42, **common)
    if "few-step" in stages:
        few_step.train(pipeline, data, a.work / "few_step.pt", a.out / "adapters/few-step.safetensors", a.few_step_steps,
                       rate=a.few_step_rate, seed=51, **common)
    if "concept" in stages:
        concept.train_adapter(pipeline, a.work / "concept.pt", a.out / f"adapters/{concept.MASCOT}.safetensors",
                              a.concept_steps, rate=a.concept_rate, seed=53, **common)
    if "word" in stages:
        concept.train_word(pipeline, file, a.work / "word.pt", a.out / f"embeddings/{concept.WORD}.safetensors",
                           a.word_steps, rate=a.word_rate, seed=54, **common)


def main():
    a = parse_arguments()
    if "RANK" in os.environ:
        torch.distributed.init_process_group("nccl" if a.device == "cuda" else "gloo")
    a.work.mkdir(parents=True, exist_ok=True)
    stages = a.stages.split(",")
    if "icons" in stages and not (a.work / "icons.npz").exists():
        icons.render(a.modules, a.work / "icons.npz")
    if "autoencoder" in stages and not a.continue_from:
        train_autoencoder(a)
    if "base" in stages:
        train_base(a)
    if "styles" in stages:
        train_styles(a)
    if PARTS & set(stages):
        train_parts(a, set(stages))
    if "judge" in stages:
        result = judge.judge(a.out, a.work / "icons.npz", a.work / "classifier.pt", a.judge_count, 14, sheet=a.work / "sheet.png")
        result["layout"] = judge_layout.judge_layout(a.out, a.work / "icons.npz", a.judge_count, 14, a.work)
        print(json.dumps(result, indent=1))
    if "judge-parts" in stages:
        result = judge_parts.judge_parts(a.out, a.work / "icons.npz", a.work / "classifier.pt", a.judge_count,
                                         judge_parts.installed(a.out), sheets=a.work)
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
