"""Print the figures of the starter model's ControlNet, inpainting UNet and few-step adapter.

Usage: judge_parts.py MODEL_FOLDER ICONS.npz CLASSIFIER.pt [--count 60] [--parts control,inpaint] [--colors maroon,lime]
                      [--sheets FOLDER]
"""
import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers import (ControlNetModel, DPMSolverMultistepScheduler, LCMScheduler, StableDiffusionControlNetPipeline,
                       StableDiffusionInpaintPipeline, UNet2DConditionModel)
from PIL import Image

import classifier
import compose
import control
import icons as icon_set
import judge
import masks
import networks
import prepared

PARTS = {"control": "controlnet", "inpaint": "inpainting", "few-step": "adapters/few-step.safetensors"}  # what each judges
NEAR = 2  # pixels by which an edge may be off
CONTROL_STEPS, INPAINT_STEPS = 14, 14
HOLE = (24, 104)  # first and last pixel of the painted square, both ways


def edge_agreement(wanted, found):
    """F1 of two edge pictures, uint8 [H, W]: shares of each that have an edge of the other within `NEAR` pixels."""
    if not wanted.any() or not found.any():
        return 0.0
    near = np.ones((2 * NEAR + 1,) * 2, np.uint8)
    precision = (cv2.dilate(wanted, near) > 0)[found > 0].mean()
    recall = (cv2.dilate(found, near) > 0)[wanted > 0].mean()
    return float(2 * precision * recall / max(precision + recall, 1e-6))


def batches(prompts, paint):
    """uint8 pictures; `paint(slice, prompts, generators)` gives those of a batch, prompt i with seed i."""
    pictures = []
    for start in range(0, len(prompts), judge.BATCH):
        part = slice(start, start + judge.BATCH)
        seeds = [torch.Generator().manual_seed(start + i) for i in range(len(prompts[part]))]
        pictures += [np.asarray(image) for image in paint(part, prompts[part], seeds).images]
    return pictures


def with_fast_solver(pipeline):
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(networks.SCHEDULE | {"num_train_timesteps": 1000})
    return pipeline


def judge_control(base, folder, model, triples, icons):
    """Edges of the real drawings, held-back captions: do the edges come back, and is the thing still right?"""
    real = judge.real_pictures(icons, triples)
    edges = [control.canny(picture) for picture in real]
    parts = {name: getattr(base, name) for name in ("vae", "text_encoder", "tokenizer", "unet", "scheduler")}
    net = ControlNetModel.from_pretrained(folder / "controlnet", torch_dtype=torch.float32)
    pipeline = with_fast_solver(StableDiffusionControlNetPipeline(**parts, controlnet=net, safety_checker=None,
                                                                  feature_extractor=None, requires_safety_checker=False))
    prompts = [judge.caption(triple) for triple in triples]
    images = [Image.fromarray(edge).convert("RGB") for edge in edges]

    def paint(part, texts, seeds, scale=1.0):
        return pipeline(texts, image=images[part], num_inference_steps=CONTROL_STEPS, guidance_scale=judge.GUIDANCE,
                        generator=seeds, controlnet_conditioning_scale=scale)

    pictures = batches(prompts, paint)
    free = batches(prompts, lambda *given: paint(*given, scale=0.0))
    agreement = lambda pictures: np.mean([edge_agreement(e, control.canny(p)) for e, p in zip(edges, pictures)])
    decoded, _ = judge.round_trip(base.vae, real)
    figures = {"edge_f1": round(agreement(pictures), 3), "edge_f1_without": round(agreement(free), 3),
               "edge_f1_of_round_trip": round(agreement(decoded), 3), **judge.figures(model, pictures, triples)}
    return figures, [x for e, a, b in zip(edges, pictures, free) for x in (np.stack([e] * 3, -1), a, b)]


class KeptPart:
    """Puts back what is not masked after every step, as the program does; pipelines with a UNet of four channels do so by
    themselves."""

    def __init__(self, base, sources, hole):
        self.latents, _ = prepared.encode_all(base, np.stack(sources))
        self.noise = torch.randn(self.latents.shape, generator=torch.Generator().manual_seed(5))
        self.mask = masks.latent_masks(hole[None] // 255)

    def callback(self, part):
        def restore(pipeline, step, _timestep, given):
            kept, following = self.latents[part], pipeline.scheduler.timesteps[step + 1:step + 2]
            if len(following):
                kept = pipeline.scheduler.add_noise(kept, self.noise[part], following)
            return given | {"latents": (1 - self.mask) * kept + self.mask * given["latents"]}
        return restore


def judge_inpaint(base, folder, model, triples, icons):
    """Another thing painted into a square of a real picture whose background the caption names: how well does the rest of
    the picture stay, and, with the original around it again, is it that thing?"""
    sources = judge.real_pictures(icons, [(triples[i - 1][0], triples[i - 1][1], color)
                                          for i, (_, _, color) in enumerate(triples)])
    hole = np.zeros((compose.SIZE, compose.SIZE), np.uint8)
    hole[HOLE[0]:HOLE[1], HOLE[0]:HOLE[1]] = 255
    unet = UNet2DConditionModel.from_pretrained(folder / "inpainting/unet", torch_dtype=torch.float32)
    parts = {name: getattr(base, name) for name in ("vae", "text_encoder", "tokenizer", "scheduler")}
    prompts = [judge.caption(triple) for triple in triples]
    images = [Image.fromarray(source) for source in sources]
    decoded, _ = judge.round_trip(base.vae, sources)
    outside = hole == 0
    kept = KeptPart(base, sources, hole)
    results, shown = {}, [sources]
    for name, network in (("inpainting_unet", unet), ("latent_blending", base.unet)):
        pipeline = with_fast_solver(StableDiffusionInpaintPipeline(**parts, unet=network, safety_checker=None,
                                                                   feature_extractor=None, requires_safety_checker=False))

        def paint(part, texts, seeds):
            restoring = {"callback_on_step_end": kept.callback(part)} if network is unet else {}
            return pipeline(texts, image=images[part], mask_image=[Image.fromarray(hole)] * len(texts), height=compose.SIZE,
                            width=compose.SIZE, strength=1.0, num_inference_steps=INPAINT_STEPS,
                            guidance_scale=judge.GUIDANCE, generator=seeds, **restoring)

        pictures = batches(prompts, paint)
        errors = [np.abs(p.astype(np.float32) - d)[outside].mean() for p, d in zip(pictures, decoded)]
        pasted = [np.where(outside[..., None], source, picture) for picture, source in zip(pictures, sources)]
        results[name] = {"outside_error": round(float(np.mean(errors)), 2), "seam": round(seam(pictures, sources), 2),
                         **judge.figures(model, pasted, triples)}
        shown.append(pasted)
    return results, [picture for row in zip(*shown) for picture in row]


def seam(pictures, sources):
    """How far the ground just inside the hole's corners is from the picture's own ground, of 255: a visible frame."""
    differences = []
    for picture, source in zip(pictures, sources):
        for y in (HOLE[0] + 2, HOLE[1] - 7):
            for x in (HOLE[0] + 2, HOLE[1] - 7):
                inside = np.median(picture[y:y + 5, x:x + 5].reshape(-1, 3).astype(np.float32), 0)
                differences.append(np.abs(inside - source[2, 2]).max())
    return float(np.median(differences))


def judge_few_step(base, folder, model, triples):
    """Four LCM steps without guidance, with the adapter and without; and the base's usual course for comparison."""
    prompts = [judge.caption(triple) for triple in triples]
    base.scheduler = LCMScheduler.from_config(networks.SCHEDULE | {"num_train_timesteps": 1000})
    four = lambda _part, texts, seeds: base(texts, num_inference_steps=4, guidance_scale=1.0, generator=seeds)
    without = batches(prompts, four)
    base.load_lora_weights(folder / "adapters", weight_name="few-step.safetensors")
    with_adapter = batches(prompts, four)
    base.unload_lora_weights()
    solver = DPMSolverMultistepScheduler.from_config(base.scheduler.config)
    base.scheduler = solver
    same_cost = batches(prompts, lambda _part, texts, seeds: base(texts, num_inference_steps=4, guidance_scale=1.0,
                                                                  generator=seeds))
    figures = {"adapter_4_lcm_steps": judge.figures(model, with_adapter, triples),
               "base_4_lcm_steps": judge.figures(model, without, triples),
               "base_4_dpmpp_2m_steps": judge.figures(model, same_cost, triples)}
    return figures, [x for row in zip(with_adapter, without, same_cost) for x in row]


def installed(folder):
    return [part for part, name in PARTS.items() if (folder / name).exists()]


def judge_parts(folder, icons_file, classifier_file, count, parts, palette=compose.COLORS, sheets=None):
    icons = icon_set.load(icons_file).select(icon_set.BASE_STYLES)
    model = classifier.train(icons_file, classifier_file, judge.CLASSIFIER_STEPS)
    triples = judge.held_back_triples(icons, count, palette)
    base = networks.load(folder)
    results = {"count": len(triples)}
    for part in parts:
        if part == "control":
            results[part], pictures = judge_control(base, folder, model, triples, icons)
        elif part == "inpaint":
            results[part], pictures = judge_inpaint(base, folder, model, triples, icons)
        else:
            results[part], pictures = judge_few_step(base, folder, model, triples)
        if sheets:
            judge.contact_sheet(pictures, 12, sheets / f"{part}.png")
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("icons", type=Path)
    parser.add_argument("classifier", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--parts", help=f"of {', '.join(PARTS)} (default: all that the model has)")
    parser.add_argument("--colors", type=lambda text: text.split(","), default=list(compose.COLORS))
    parser.add_argument("--sheets", type=Path)
    a = parser.parse_args()
    parts = a.parts.split(",") if a.parts else installed(a.model)
    unknown = set(parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {sorted(unknown)[0]}; the parts are {', '.join(PARTS)}")
    print(json.dumps(judge_parts(a.model, a.icons, a.classifier, a.count, parts, a.colors, a.sheets), indent=1))


if __name__ == "__main__":
    main()
