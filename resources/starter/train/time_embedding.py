"""Narrow the time embedding of a finished UNet: less to store, the same pictures.

What a UNet takes from the timestep are a few smooth curves over 1,000 steps, one for each channel of its resnets. A smaller
network is fitted to these curves, and nothing else changes.
"""
import torch
from diffusers import UNet2DConditionModel
from torch import nn

from training import TRAIN_TIMESTEPS

STEPS, RATE = 8000, 3e-3
COMPONENTS = 64  # of the curves: all others together are less than f16 resolves


def projections(unet):
    """{name: layer} of the layers that take the time embedding."""
    return {name: module for name, module in unet.named_modules() if name.endswith("time_emb_proj")}


def curves(unet):
    """What those layers add at every timestep, [timesteps, channels of all], and the sinusoids that it is made of."""
    timesteps = torch.arange(TRAIN_TIMESTEPS)
    with torch.no_grad():
        waves = unet.time_proj(timesteps)
        embedded = nn.functional.silu(unet.time_embedding(waves))
        return torch.cat([layer(embedded) for layer in projections(unet).values()], 1), waves


def solve(features, wanted):
    """Weights [channels, features + 1] of the layer that is nearest to `wanted`, the last column its bias."""
    with_one = torch.cat([features, torch.ones(len(features), 1)], 1).double()
    return torch.linalg.lstsq(with_one, wanted.double(), driver="gelsd").solution.T.float()


def fit(waves, wanted, width, seed):
    """Two layers of `width` channels, each with its activation, of whose outputs the curves are a linear function."""
    torch.manual_seed(seed)
    left, values, _ = torch.linalg.svd(wanted - wanted.mean(0), full_matrices=False)
    targets = left[:, :COMPONENTS] * values[:COMPONENTS]
    targets /= targets.std()
    layers = nn.Sequential(nn.Linear(waves.shape[1], width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
    last = nn.Linear(width, targets.shape[1])
    optimizer = torch.optim.Adam([*layers.parameters(), *last.parameters()], lr=RATE)
    course = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        optimizer.zero_grad()
        (last(layers(waves)) - targets).pow(2).mean().backward()
        optimizer.step()
        course.step()
    return layers.requires_grad_(False)


def narrow(unet, width, seed=0):
    """(a copy of `unet` whose time embedding has `width` channels, root mean square error of the curves relative to theirs)"""
    wanted, waves = curves(unet)
    layers = fit(waves, wanted, width, seed)
    last = solve(layers(waves), wanted)
    small = UNet2DConditionModel.from_config({**unet.config, "time_embedding_dim": width})
    weights = {k: v for k, v in unet.state_dict().items() if "time_emb" not in k}
    for name, layer in (("linear_1", layers[0]), ("linear_2", layers[2])):
        weights |= {f"time_embedding.{name}.weight": layer.weight, f"time_embedding.{name}.bias": layer.bias}
    start = 0
    for name, layer in projections(unet).items():
        part = last[start:start + layer.out_features]
        weights |= {f"{name}.weight": part[:, :-1].contiguous(), f"{name}.bias": part[:, -1].contiguous()}
        start += layer.out_features
    small.load_state_dict(weights)
    error = curves(small.half().float())[0] - wanted
    return small, float((error.pow(2).mean() / wanted.pow(2).mean()).sqrt())
