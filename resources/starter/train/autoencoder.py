"""Train the autoencoder on composed pictures."""
import random

import numpy as np
import torch
import torch.nn.functional as F

import compose
import icons as icon_set
from training import Run


def scale_and_add_identity(conv, scale, size, tap):
    """Shrink the random weights and let channel k pass through to channel k at the kernel position(s) `tap`."""
    conv.weight.mul_(scale)
    for k in range(size):
        conv.weight[(k, k) + tap] += 1 / conv.weight[(k, k) + tap].numel()
    conv.bias.zero_()


@torch.no_grad()
def start_as_average_pooling(model):
    """Residual branches near zero, resampling and shortcuts as identities, and constant channels beside the colours so that
    the group norms cannot wash the colours out: the start is a plain average-pooling autoencoder, and training takes hundreds
    of steps instead of thousands. The posterior starts narrow (log variance -6)."""
    middle, corner, point = (1, 1), (slice(0, 2), slice(0, 2)), (0, 0)
    for name, module in model.named_modules():
        if name.endswith(("conv2", "to_out.0")):
            module.weight.mul_(0.1)
            module.bias.zero_()
        elif name.endswith("conv_shortcut"):
            scale_and_add_identity(module, 0.3, min(module.weight.shape[:2]), point)
        elif name.endswith("downsamplers.0.conv"):
            scale_and_add_identity(module, 0.1, module.weight.shape[0], corner)
        elif name.endswith("upsamplers.0.conv"):
            scale_and_add_identity(module, 0.1, module.weight.shape[0], middle)
    encoder, decoder = model.encoder, model.decoder
    encoder.conv_in.bias.zero_()
    for k in range(3):
        encoder.conv_in.weight[k] *= 0.2
        encoder.conv_in.weight[k, k, 1, 1] += 1
        encoder.conv_out.weight[k] *= 0.3
        encoder.conv_out.weight[k, k, 1, 1] += 1
        decoder.conv_out.weight[k] *= 0.3
        decoder.conv_out.weight[k, k, 1, 1] += 0.5
    for k in range(4):
        decoder.conv_in.weight[k] *= 0.3
        decoder.conv_in.weight[k, k, 1, 1] += 1
    encoder.conv_in.bias[12:] = 1
    decoder.conv_in.bias.zero_()
    decoder.conv_in.bias[12:16] = 1
    decoder.conv_in.bias[64:72] = 1
    scale_and_add_identity(model.quant_conv, 0.1, 4, point)
    scale_and_add_identity(model.post_quant_conv, 0.1, 4, point)
    model.quant_conv.bias[4:] = -6


def edges(x):
    return x[..., 1:, :] - x[..., :-1, :], x[..., :, 1:] - x[..., :, :-1]


def reconstruction_loss(y, x):
    """Pixels, edges, and flat colours at two sizes."""
    loss = (y - x).abs().mean() + F.mse_loss(y, x)
    loss = loss + 0.5 * sum((a - b).abs().mean() for a, b in zip(edges(y), edges(x)))
    for size in (4, 16):
        loss = loss + 0.5 * (F.avg_pool2d(y, size) - F.avg_pool2d(x, size)).abs().mean()
    return loss


def pictures(icons, rng, size):
    return np.stack([compose.compose(icons, rng.randrange(len(icons.labels)), rng)[0] for _ in range(size)])


def train(model, icons_file, run_file, steps, size=16, rate=1.2e-3, seed=1):
    """Train in place from `start_as_average_pooling` and set the scaling factor that gives latents a deviation of 1."""
    torch.manual_seed(seed)
    start_as_average_pooling(model)
    icons = icon_set.load(icons_file)
    device = model.device
    model.train().to(memory_format=torch.channels_last)
    run = Run(run_file, list(model.parameters()), steps, rate, seed, average=0.998, warmup=100)

    def as_input(rng, count):
        x = torch.from_numpy(pictures(icons, rng, count)).to(device)
        return (x.permute(0, 3, 1, 2).float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)

    def loss_of_step(rng):
        x = as_input(rng, size)
        posterior = model.encode(x).latent_dist
        y = model.decode(posterior.sample()).sample
        return reconstruction_loss(y, x) + 1e-6 * posterior.kl().mean() / posterior.mean[0].numel() \
            + 1e-4 * posterior.mean.pow(2).mean()

    run.train(loss_of_step)
    run.use_average()
    model.eval()
    with torch.no_grad():
        spread = model.encode(as_input(random.Random(seed), 256)).latent_dist.mean.std().item()
    model.register_to_config(scaling_factor=1 / spread)
