"""What every training run here shares: checkpoints that resume to the same numbers, the rate's course, EMA and the loss."""
import json
import math
import os
import random
from pathlib import Path

import torch
import torch.distributed as workers

TRAIN_TIMESTEPS = 1000
SNR_LIMIT = 5.0  # "min-SNR" weighting, Hang et al. 2023


def rank_and_count():
    """This process's number and how many train together (torchrun): (0, 1) where one trains alone."""
    return (workers.get_rank(), workers.get_world_size()) if workers.is_initialized() else (0, 1)


def average_gradients(parameters):
    """The mean over the processes that train together."""
    _, count = rank_and_count()
    if count > 1:
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        workers.all_reduce(flat)
        for gradient, mean in zip(gradients, (flat / count).split([g.numel() for g in gradients])):
            gradient.copy_(mean.view_as(gradient))


class Run:
    """A resumable run of a fixed number of optimizer steps.

    Step n draws its data and noise from generators seeded with (seed, n), so that a run that was interrupted goes on as if it
    had not been. The state (weights, optimizer, EMA, step) is written every `save_every` steps and at the end.
    `factors` are multiples of the rate, one for each parameter. Of processes that train together (torchrun) each draws its own
    part of a step, and the first one writes.
    """

    def __init__(self, file, parameters, steps, rate, seed, average=0.0, save_every=50, warmup=30, buffers=(), factors=None):
        self.file, self.parameters, self.steps, self.rate, self.seed = Path(file), parameters, steps, rate, seed
        self.decay, self.save_every, self.warmup, self.step, self.loss = average, save_every, warmup, 0, None
        self.buffers = buffers
        factors = factors or [1.0] * len(parameters)
        groups = [{"params": [p for p, f in zip(parameters, factors) if f == factor], "factor": factor}
                  for factor in sorted(set(factors))]
        self.optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
        if self.file.exists():
            state = torch.load(self.file, map_location=parameters[0].device)
            self.step, self.average, self.loss = state["step"], state["average"], state["loss"]
            self.optimizer.load_state_dict(state["optimizer"])
            for target, value in zip([*parameters, *buffers], [*state["parameters"], *state["buffers"]]):
                target.data.copy_(value)
        else:
            self.average = [p.detach().clone() for p in parameters]

    def save(self):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.file.with_suffix(".new")
        torch.save({"step": self.step, "loss": self.loss, "average": self.average, "optimizer": self.optimizer.state_dict(),
                    "parameters": [p.detach() for p in self.parameters], "buffers": list(self.buffers)}, temporary)
        os.replace(temporary, self.file)

    def current_rate(self):
        """Linear warm-up, then a cosine down to nothing."""
        rise = min(1.0, (self.step + 1) / self.warmup)
        return self.rate * rise * 0.5 * (1 + math.cos(math.pi * self.step / self.steps))

    def train(self, loss_of_step):
        """Run the remaining steps; `loss_of_step(rng)` gives the loss, `rng` is Python's generator of the step."""
        rank, count = rank_and_count()
        while self.step < self.steps:
            seed = (self.seed * 1_000_003 + self.step) * count + rank
            torch.manual_seed(seed)
            loss = loss_of_step(random.Random(seed))
            for group in self.optimizer.param_groups:
                group["lr"] = self.current_rate() * group["factor"]
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            average_gradients(self.parameters)
            torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
            self.optimizer.step()
            self.step += 1
            self.loss = loss.item() if self.loss is None else 0.98 * self.loss + 0.02 * loss.item()
            decay = min(self.decay, self.step / (self.step + 10))
            torch._foreach_lerp_(self.average, [p.detach() for p in self.parameters], 1 - decay)
            if rank > 0:
                continue
            if self.step % 10 == 0:
                print(json.dumps({"run": self.file.stem, "step": self.step, "of": self.steps, "loss": round(self.loss, 5)}),
                      flush=True)
            if self.step % self.save_every == 0 or self.step == self.steps:
                self.save()

    def use_average(self):
        """Put the averaged weights into the networks."""
        for mean, parameter in zip(self.average, self.parameters):
            parameter.data.copy_(mean)


def alphas_cumprod(device):
    betas = torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, TRAIN_TIMESTEPS, device=device) ** 2
    return torch.cumprod(1 - betas, 0)


def min_snr(snr):
    return snr.clamp(max=SNR_LIMIT) / snr


def noise_prediction_loss(unet, latents, states, weigh=min_snr):
    """The epsilon loss at random timesteps, spread evenly over the batch, with weights of the signal-to-noise ratio."""
    count, device = len(latents), latents.device
    timesteps = ((torch.arange(count, device=device) + torch.rand(count, device=device)) * (TRAIN_TIMESTEPS / count)).long()
    alpha = alphas_cumprod(device)[timesteps]
    noise = torch.randn_like(latents)
    noisy = alpha.sqrt().view(-1, 1, 1, 1) * latents + (1 - alpha).sqrt().view(-1, 1, 1, 1) * noise
    error = (unet(noisy, timesteps, states).sample - noise).pow(2).mean((1, 2, 3))
    snr = alpha / (1 - alpha)
    return (error * weigh(snr)).mean()
