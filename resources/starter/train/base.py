"""Train the UNet (and, from nothing, the text encoder) on composed pictures."""
import numpy as np
import torch

import compose
import icons as icon_set
import networks
from training import Run, noise_prediction_loss

EMPTY_CAPTIONS = 0.1  # share of captions dropped, for classifier-free guidance


def batch(pipeline, icons, rng, size):
    """(latents, captions) of freshly composed pictures."""
    samples = [compose.compose(icons, rng.randrange(len(icons.labels)), rng) for _ in range(size)]
    latents = networks.encode_pictures(pipeline.vae, np.stack([picture for picture, _ in samples]))
    return latents, ["" if rng.random() < EMPTY_CAPTIONS else caption for _, caption in samples]


def train(pipeline, icons_file, run_file, steps, size, rate, seed, train_text):
    """Train the parts of `pipeline` in place and leave the averaged weights in them."""
    icons = icon_set.load(icons_file).select(icon_set.BASE_STYLES)
    unet, text_encoder = pipeline.unet.to(memory_format=torch.channels_last), pipeline.text_encoder
    pipeline.vae.requires_grad_(False)
    text_encoder.requires_grad_(train_text)
    unet.train().requires_grad_(True)
    parameters = [p for network in (unet, text_encoder) for p in network.parameters() if p.requires_grad]
    run = Run(run_file, parameters, steps, rate, seed, average=0.98)

    def loss_of_step(rng):
        latents, captions = batch(pipeline, icons, rng, size)
        with torch.set_grad_enabled(train_text):
            states = networks.encode_captions(pipeline.tokenizer, text_encoder, captions)
        return noise_prediction_loss(unet, latents, states)

    run.train(loss_of_step)
    run.use_average()
    unet.eval()
