"""Print the starter model's figures on captions that were kept out of training, and write contact sheets.

Usage: judge.py MODEL_FOLDER ICONS.npz CLASSIFIER.pt [--count 120] [--steps 14] [--colors maroon,lime] [--sheet FILE.png]
"""
import argparse
import json
import random

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler
from PIL import Image

import classifier
import compose
import icons as icon_set
import networks

GUIDANCE = 5.0
BATCH = 20
CLASSIFIER_STEPS = 800


def held_back_triples(icons, count, palette=compose.COLORS, seed=99):
    """Up to `count` (concept, style, colour of the palette) that training never showed together, at most one for each icon."""
    rng = random.Random(seed)
    triples = []
    for label, style in zip(icons.labels, icons.styles):
        colors = [c for c in palette if compose.held_back(label, style, c)]
        if colors:
            triples.append((label, style, rng.choice(colors)))
    rng.shuffle(triples)
    return triples[:count]


def caption(triple):
    label, style, color = triple
    return f"{compose.article(label)} on {compose.article(color)} background, {style} style"


def generate(pipeline, prompts, steps):
    """uint8 pictures, prompt i with seed i."""
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    pictures = []
    for start in range(0, len(prompts), BATCH):
        part = prompts[start:start + BATCH]
        seeds = [torch.Generator().manual_seed(start + i) for i in range(len(part))]
        images = pipeline(part, num_inference_steps=steps, guidance_scale=GUIDANCE, generator=seeds).images
        pictures += [np.asarray(image) for image in images]
    return pictures


def background_color(picture):
    """The name of the palette colour nearest to the picture's corners."""
    corners = np.concatenate([picture[y, x].reshape(-1, 3) for y in (slice(0, 8), slice(-8, None))
                              for x in (slice(0, 8), slice(-8, None))])
    seen = np.median(corners, 0)
    return min(compose.COLORS, key=lambda name: np.square(seen - compose.COLORS[name]).sum())


def roughness(pictures):
    """Mean absolute Laplacian, of 255: high where a mesh or noise lies over flat areas."""
    x = np.stack(pictures).astype(np.float32)
    return float(np.abs(4 * x[:, 1:-1, 1:-1] - x[:, :-2, 1:-1] - x[:, 2:, 1:-1] - x[:, 1:-1, :-2] - x[:, 1:-1, 2:]).mean())


def named_right(model, pictures, triples):
    """Shares of pictures whose concept is first, is among the first five, and whose style is right."""
    with torch.no_grad():
        concept, style = model(classifier.as_input(pictures))
    wanted = torch.tensor([model.concepts.index(label) for label, _, _ in triples])
    best = concept.topk(5).indices == wanted[:, None]
    styles = [model.styles[i] for i in style.argmax(1)]
    return (best[:, 0].float().mean().item(), best.any(1).float().mean().item(),
            float(np.mean([a == b for a, (_, b, _) in zip(styles, triples)])))


def real_pictures(icons, triples):
    """The triples composed from the icons: what a perfect model would draw."""
    pictures = []
    for label, style, color in triples:
        index = next(i for i in icons.of_style(style) if icons.labels[i] == label)
        canvas = Image.new("RGB", (compose.SIZE, compose.SIZE), compose.COLORS[color])
        compose.paste(canvas, icons.images[index], (0.5, 0.5), round(0.92 * compose.SIZE))
        pictures.append(np.asarray(canvas))
    return pictures


def round_trip(autoencoder, pictures):
    """(uint8 pictures encoded and decoded, mean PSNR in dB)."""
    decoded = []
    for start in range(0, len(pictures), BATCH):
        latents = networks.encode_pictures(autoencoder, np.stack(pictures[start:start + BATCH]))
        with torch.no_grad():
            y = autoencoder.decode(latents / autoencoder.config.scaling_factor).sample.clamp(-1, 1)
        decoded += list(((y + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy())
    errors = [np.square(a.astype(np.float32) - b).mean() for a, b in zip(decoded, pictures)]
    return decoded, float(np.mean([10 * np.log10(255 ** 2 / max(e, 1e-3)) for e in errors]))


def figures(model, pictures, triples):
    first, five, style = named_right(model, pictures, triples)
    right = [background_color(p) == color for p, (_, _, color) in zip(pictures, triples)]
    return {"concept_top1": round(first, 3), "concept_top5": round(five, 3), "style": round(style, 3),
            "background": round(float(np.mean(right)), 3), "roughness": round(roughness(pictures), 2)}


def contact_sheet(pictures, columns, file):
    rows = [np.concatenate(pictures[i:i + columns], 1) for i in range(0, len(pictures) - columns + 1, columns)]
    Image.fromarray(np.concatenate(rows)).save(file)


def judge(model_folder, icons_file, classifier_file, count, steps, palette=compose.COLORS, sheet=None):
    """{"generated": figures, "real": figures of the icons themselves after a VAE round trip, "vae_psnr_db": dB}."""
    icons = icon_set.load(icons_file).select(icon_set.BASE_STYLES)
    model = classifier.train(icons_file, classifier_file, CLASSIFIER_STEPS)
    pipeline = networks.load(model_folder)
    triples = held_back_triples(icons, count, palette)
    decoded, psnr = round_trip(pipeline.vae, real_pictures(icons, triples))
    pictures = generate(pipeline, [caption(t) for t in triples], steps)
    if sheet:
        contact_sheet(pictures, 12, sheet)
    return {"count": len(triples), "steps": steps, "generated": figures(model, pictures, triples),
            "real": figures(model, decoded, triples), "vae_psnr_db": round(psnr, 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("icons")
    parser.add_argument("classifier")
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--steps", type=int, default=14)
    parser.add_argument("--colors", type=lambda text: text.split(","), default=list(compose.COLORS))
    parser.add_argument("--sheet")
    a = parser.parse_args()
    print(json.dumps(judge(a.model, a.icons, a.classifier, a.count, a.steps, a.colors, a.sheet), indent=1))


if __name__ == "__main__":
    main()
