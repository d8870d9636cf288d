"""Train one style adapter on the finished base model."""
import random

import numpy as np
import torch

import icons as icon_set
import lora
import networks
import styles
from training import Run, noise_prediction_loss

RANK = 8
ALPHA = 8
EMPTY_CAPTIONS = 0.1
COURSES = {"ink": (160, 1.5e-3), "pixel": (130, 2.5e-3), "blueprint": (130, 2.5e-3), "neon": (200, 2.5e-3)}  # steps, rate
# At which weight an adapter as trained shows its style best, looked up on strips of pictures; it is worked into the alpha
# that is written, so that 1 on the slider is that weight.
BEST_WEIGHT = {"ink": 1.25, "pixel": 1.5, "blueprint": 1.0, "neon": 1.25}


def learn(pipeline, sample, save, run_file, steps, size, rate, seed):
    """Train low-rank layers on what `sample(rng)` draws, (picture, caption), hand them with 200 of its captions to
    `save(adapters, captions)`, and leave the pipeline as it was."""
    pipeline.vae.requires_grad_(False)
    pipeline.text_encoder.requires_grad_(False)
    torch.manual_seed(seed)
    unet = pipeline.unet.to(memory_format=torch.channels_last)
    adapters = lora.attach(unet, RANK, ALPHA)
    parameters = [p for a in adapters.values() for p in (a.down.weight, a.up.weight)]
    run = Run(run_file, parameters, steps, rate, seed, average=0.95, warmup=10)

    def loss_of_step(rng):
        samples = [sample(rng) for _ in range(size)]
        latents = networks.encode_pictures(pipeline.vae, np.stack([picture for picture, _ in samples]))
        captions = ["" if rng.random() < EMPTY_CAPTIONS else caption for _, caption in samples]
        with torch.no_grad():
            states = networks.encode_captions(pipeline.tokenizer, pipeline.text_encoder, captions)
        return noise_prediction_loss(unet, latents, states)

    run.train(loss_of_step)
    run.use_average()
    rng = random.Random(seed)
    save(adapters, [sample(rng)[1] for _ in range(200)])
    lora.detach(unet, adapters)


def train(pipeline, icons_file, style, run_file, out, steps, size, rate, seed):
    """Train the adapter of `style`, write it to `out` and leave the pipeline as it was."""
    icons = icon_set.load(icons_file).select(styles.SOURCES[style])

    def save(adapters, captions):
        lora.save(adapters, RANK, ALPHA * BEST_WEIGHT[style], out, style, f"{style} style", captions, steps,
                  f"The {style} style for Lorikeet's starter model, trained on openly licensed icons")

    learn(pipeline, lambda rng: styles.sample(style, icons, rng), save, run_file, steps, size, rate, seed)
