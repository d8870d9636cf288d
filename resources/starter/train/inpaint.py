"""Train the 9-channel UNet that paints under a mask and sees what is around it."""
import json
import shutil

import numpy as np
import torch
from diffusers import UNet2DConditionModel

import masks as mask_set
import networks
import time_embedding
from training import Run, min_snr, noise_prediction_loss

EMPTY_CAPTIONS = 0.1  # share of captions dropped, for classifier-free guidance
LATENTS = 4
NEW_LAYER = 4.0  # how much faster than the others the first convolution learns
TIME_WIDTH = 128  # of the finished network's time embedding, for a smaller file; the base's has 384
MOST_NOISE = 30.0  # most that a timestep of much noise counts


def weigh(snr):
    """Where there is almost only noise, what the UNet says of the picture hardly changes the noise it predicts: min-SNR
    would leave unpunished that it does not look at what is around the mask. Here the picture's error counts."""
    return min_snr(snr) * (1 + 1 / snr).clamp(max=MOST_NOISE)


def new_unet(base):
    """The base UNet with five more input channels, the mask and the masked picture, that start without effect."""
    unet = UNet2DConditionModel.from_config({**base.config, "in_channels": 2 * LATENTS + 1})
    weights = base.state_dict()
    first = torch.zeros_like(unet.conv_in.weight)
    first[:, :LATENTS] = weights["conv_in.weight"]
    unet.load_state_dict({**weights, "conv_in.weight": first})
    return unet


class Masked:
    """The 9-channel UNet on this mask and masked picture, called as a UNet of 4 channels is."""

    def __init__(self, unet, mask, hidden):
        self.unet, self.extra = unet, torch.cat([mask, hidden], 1)

    def __call__(self, noisy, timesteps, states):
        return self.unet(torch.cat([noisy, self.extra], 1), timesteps, states)


def save(unet, out):
    """Write the model folder `out`, which stands in the base's: what both have alike are links."""
    if unet.config.time_embedding_dim != TIME_WIDTH:
        unet, error = time_embedding.narrow(unet.cpu(), TIME_WIDTH)
        print(f"time embedding of {TIME_WIDTH} channels: off by {error:.5f} of its curves", flush=True)
    networks.save_network(unet, out / "unet")
    for part in ("vae", "text_encoder", "tokenizer", "scheduler"):
        if (out / part).is_dir() and not (out / part).is_symlink():
            shutil.rmtree(out / part)  # an earlier base's
        if not (out / part).is_symlink():
            (out / part).symlink_to(f"../{part}")
    index = json.loads((out.parent / "model_index.json").read_text())
    index["_class_name"] = "StableDiffusionInpaintPipeline"
    (out / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")


def train(pipeline, prepared, run_file, out, steps, size, rate, seed):
    """Train an inpainting UNet from the UNet of `pipeline` and write it to the model folder `out`."""
    torch.manual_seed(seed)
    pipeline.vae.requires_grad_(False)
    unet = new_unet(pipeline.unet).to(pipeline.device, memory_format=torch.channels_last).train()
    named = list(unet.named_parameters())
    run = Run(run_file, [p for _, p in named], steps, rate, seed, average=0.98,
              factors=[NEW_LAYER if name.startswith("conv_in") else 1.0 for name, _ in named])

    def loss_of_step(rng):
        indices = prepared.pick(rng, size)
        pictures = prepared.pictures[indices].numpy()
        masks = np.stack([mask_set.random_mask(picture, rng) for picture in pictures])
        hidden = mask_set.encode_hidden(pipeline.vae, pictures, masks)
        masked = Masked(unet, mask_set.latent_masks(masks).to(unet.device), hidden)
        return noise_prediction_loss(masked, prepared.latents(indices), prepared.text(indices, rng, EMPTY_CAPTIONS), weigh)

    run.train(loss_of_step)
    run.use_average()
    save(unet, out)
