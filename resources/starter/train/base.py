"""Train the UNet and the text encoder on composed pictures."""
import torch

import networks
import prepared
from training import Run, min_snr, noise_prediction_loss, rank_and_count

EMPTY_CAPTIONS = 0.1  # share of captions dropped, for classifier-free guidance
MOST_NOISE = 10.0  # most that a timestep of much noise counts


def weigh(snr):
    """min-SNR, but where there is almost only noise, the picture's error counts as well: there shapes and places are made,
    and the noise that the UNet predicts hardly tells how well."""
    return min_snr(snr) * (1 + 1 / snr).clamp(max=MOST_NOISE)


def train(pipeline, icons_file, work, pool, steps, size, rate, seed):
    """Train the UNet and the text encoder of `pipeline` in place on `pool` pictures, which each process composes and encodes
    before its first step, and leave the averaged weights in them."""
    process, count = rank_and_count()
    pictures = prepared.compose_latents(pipeline, icons_file, work / f"pool{process}.pt", pool // count, 60 + seed + process)
    pipeline.vae.requires_grad_(False)
    unet, text_encoder = pipeline.unet.to(memory_format=torch.channels_last), pipeline.text_encoder
    trained = (unet.train(), text_encoder.train())
    parameters = [p for network in trained for p in network.requires_grad_(True).parameters()]
    run = Run(work / "base.pt", parameters, steps, rate, seed, average=0.995)

    def loss_of_step(rng):
        indices = pictures.pick(rng, size // count)
        captions = ["" if rng.random() < EMPTY_CAPTIONS else pictures.captions[i] for i in indices]
        states = networks.encode_captions(pipeline.tokenizer, text_encoder, captions)
        return noise_prediction_loss(unet, pictures.latents(indices), states, weigh)

    run.train(loss_of_step)
    run.use_average()
    for network in trained:
        network.eval()
