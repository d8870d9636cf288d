"""Distil the model's guided trajectories into an adapter that paints in four steps without guidance.

Starting from noise, the model is run along its deterministic path with guidance. Where such a path passes the timesteps
at which an LCM sampler calls the model, the adapter learns to tell the path's end (a consistency function, Song et al. 2023,
taught with the ends of whole paths instead of by bootstrapping, which takes many more steps).
"""
import random

import torch
import torch.nn.functional as F

import lora
from training import Run, alphas_cumprod

RANK = 16
ALPHA = 16
GUIDANCE = 5.0
TIMESTEPS = (999, 879, 759, 639, 499, 379, 259, 139)  # LCM's for eight steps; every second one for four
PATH = (*TIMESTEPS[:7], 199, 139, 80, 35)  # the solver's: finer towards the end
HUBER = 0.03  # of the pseudo-Huber loss: in between mean and median of what the path's end may be


def guided_noise(unet, x, timestep, states, empty):
    """The noise that the model sees with classifier-free guidance."""
    both = unet(torch.cat([x, x]), timestep, torch.cat([empty, states])).sample
    without, with_text = both.chunk(2)
    return without + GUIDANCE * (with_text - without)


def denoised(x, noise, alpha):
    return (x - (1 - alpha).sqrt() * noise) / alpha.sqrt()


@torch.no_grad()
def paths(unet, states, empty, generator):
    """(states of the path at `TIMESTEPS` [T, N, 4, h, w], its end [N, 4, h, w]) from noise, by second-order DPM-Solver++."""
    device, alphas = states.device, alphas_cumprod("cpu").double()
    x = torch.randn(len(states), unet.config.in_channels, *[unet.config.sample_size] * 2, generator=generator).to(device)
    empty = empty.expand_as(states)
    passed, previous = [], None
    half_log_snr = [float(0.5 * (alphas[t] / (1 - alphas[t])).log()) for t in PATH]
    for i, timestep in enumerate(PATH):
        if timestep in TIMESTEPS:
            passed.append(x)
        alpha = alphas[timestep].float()
        end = denoised(x, guided_noise(unet, x, timestep, states, empty), alpha)
        if i + 1 == len(PATH):
            return torch.stack(passed), end
        step = half_log_snr[i + 1] - half_log_snr[i]
        guess = end
        if previous is not None:
            ratio = (half_log_snr[i] - half_log_snr[i - 1]) / step
            guess = end + (end - previous) / (2 * ratio)
        after = alphas[PATH[i + 1]].float()
        sigma_ratio = ((1 - after) / (1 - alpha)).sqrt()
        x = sigma_ratio * x - after.sqrt() * (torch.tensor(-step).exp() - 1) * guess
        previous = end


def path_file_entries(unet, prepared, count, size, seed):
    """The training set: paths for `count` captions."""
    generator = torch.Generator().manual_seed(seed)
    rng = random.Random(seed)
    points, ends, chosen = [], [], []
    for start in range(0, count, size):
        indices = prepared.pick(rng, min(size, count - start))
        passed, end = paths(unet, prepared.text(indices, rng, 0), prepared.empty.float().to(unet.device), generator)
        points.append(passed.half().cpu())
        ends.append(end.half().cpu())
        chosen += indices
        print(f"paths: {len(chosen)} of {count}", flush=True)
    return {"points": torch.cat(points, 1), "ends": torch.cat(ends), "indices": chosen}


def consistency_loss(unet, x, timesteps, states, ends):
    alpha = alphas_cumprod(x.device)[timesteps].view(-1, 1, 1, 1)
    error = denoised(x, unet(x, timesteps, states).sample, alpha) - ends
    return ((error.pow(2) + HUBER ** 2).sqrt() - HUBER).mean()


def train(pipeline, prepared, run_file, out, steps, size, rate, seed, count=480):
    """Train the adapter on `count` paths and write it to the file `out`; the pipeline is left as it was."""
    unet = pipeline.unet.to(memory_format=torch.channels_last).requires_grad_(False)
    path_file = run_file.with_suffix(".paths.pt")
    if not path_file.exists():
        torch.save(path_file_entries(unet, prepared, count, 16, seed), path_file)
    data = torch.load(path_file)
    torch.manual_seed(seed)
    adapters = lora.attach(unet, RANK, ALPHA)
    run = Run(run_file, [p for a in adapters.values() for p in (a.down.weight, a.up.weight)], steps, rate, seed,
              average=0.97, warmup=10)

    def loss_of_step(rng):
        rows = [rng.randrange(len(data["indices"])) for _ in range(size)]
        stops = [rng.randrange(len(TIMESTEPS)) for _ in range(size)]
        x, ends = data["points"][stops, rows].float(), data["ends"][rows].float()
        states = prepared.text([data["indices"][row] for row in rows], rng, 0)
        timesteps = torch.tensor([TIMESTEPS[stop] for stop in stops], device=unet.device)
        return consistency_loss(unet, x.to(unet.device), timesteps, states, ends.to(unet.device))

    run.train(loss_of_step)
    run.use_average()
    lora.save(adapters, RANK, ALPHA, out, "few-step", "", [], steps,
              "Four steps with the LCM sampler and guidance 1, distilled from Lorikeet's starter model")
    lora.detach(unet, adapters)
