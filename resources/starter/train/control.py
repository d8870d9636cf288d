"""Train the ControlNet that draws along Canny edges; the base model stays as it is."""
import cv2
import numpy as np
import torch
from diffusers import ControlNetModel

import networks
from training import Run, noise_prediction_loss

LOW, HIGH = 100, 200  # the thresholds of the program's and diffusers' examples
USUAL_THRESHOLDS = 0.7  # share of the pictures with these thresholds, the others with softer or stricter ones
EMPTY_CAPTIONS = 0.25  # share of captions dropped, so that the edges alone must carry the shape
EDGE_CHANNELS = (16, 32, 64, 96)  # of the convolutions that bring the edges from 128x128 to 16x16
NEW_LAYERS = 4.0  # how much faster than the copied layers the new ones learn


def canny(picture, low=LOW, high=HIGH):
    """White edges on black, uint8 [H, W], of an RGB picture."""
    return cv2.Canny(np.ascontiguousarray(picture), low, high)


def edges_for_training(picture, rng):
    if rng.random() < USUAL_THRESHOLDS:
        return canny(picture)
    low = rng.uniform(40, 160)
    return canny(picture, low, low * rng.uniform(1.5, 2.5))


def as_condition(edges):
    """[N, 3, H, W] in 0..1 of uint8 edges."""
    x = torch.from_numpy(np.stack(edges)).float() / 255
    return x[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)


def new_controlnet(unet):
    """The UNet's encoder half with its weights, an embedding of the edges and convolutions that start at zero."""
    return ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=EDGE_CHANNELS)


def is_new(name):
    return name.startswith(("controlnet_", "input_hint"))


class Controlled:
    """The UNet with the ControlNet on these edges, called as the UNet alone is."""

    def __init__(self, unet, controlnet, condition):
        self.unet, self.controlnet, self.condition = unet, controlnet, condition

    def __call__(self, noisy, timesteps, states):
        down, middle = self.controlnet(noisy, timesteps, states, controlnet_cond=self.condition, return_dict=False)
        return self.unet(noisy, timesteps, states, down_block_additional_residuals=down, mid_block_additional_residual=middle)


def train(pipeline, prepared, run_file, out, steps, size, rate, seed):
    """Train a ControlNet for the UNet of `pipeline` and write it to the folder `out` in f16."""
    torch.manual_seed(seed)
    unet = pipeline.unet.to(memory_format=torch.channels_last).requires_grad_(False)
    controlnet = new_controlnet(unet).to(unet.device, memory_format=torch.channels_last).train()
    named = list(controlnet.named_parameters())
    run = Run(run_file, [p for _, p in named], steps, rate, seed, average=0.98,
              factors=[NEW_LAYERS if is_new(name) else 1.0 for name, _ in named])

    def loss_of_step(rng):
        indices = prepared.pick(rng, size)
        edges = [edges_for_training(prepared.pictures[i].numpy(), rng) for i in indices]
        controlled = Controlled(unet, controlnet, as_condition(edges).to(unet.device))
        return noise_prediction_loss(controlled, prepared.latents(indices), prepared.text(indices, rng, EMPTY_CAPTIONS))

    run.train(loss_of_step)
    run.use_average()
    networks.save_network(controlnet, out)
