"""Pictures that are composed and encoded once for the trainings that keep the autoencoder and the text encoder as they are."""
import random
from pathlib import Path

import numpy as np
import torch

import compose
import icons as icon_set
import networks

BATCH = 32
ROOM = 500  # pictures that are held in memory at once where only their latents are kept


def encode_all(pipeline, pictures):
    """(means, deviations) of the scaled latents of uint8 pictures [N, H, W, 3]."""
    means, deviations = [], []
    for start in range(0, len(pictures), BATCH):
        x = torch.from_numpy(pictures[start:start + BATCH]).to(pipeline.device).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.no_grad():
            posterior = pipeline.vae.encode(x.contiguous(memory_format=torch.channels_last)).latent_dist
        means.append(posterior.mean.cpu())
        deviations.append(posterior.std.cpu())
    scale = pipeline.vae.config.scaling_factor
    return torch.cat(means) * scale, torch.cat(deviations) * scale


def caption_states(pipeline, captions):
    """The text encoder's states of the captions, in f16 as they take the most room."""
    parts = []
    with torch.no_grad():
        for start in range(0, len(captions), BATCH):
            states = networks.encode_captions(pipeline.tokenizer, pipeline.text_encoder, captions[start:start + BATCH])
            parts.append(states.half().cpu())
    return torch.cat(parts)


class Latents:
    """Composed pictures as latents, with their captions."""

    def __init__(self, data, device):
        self.means, self.deviations, self.captions = data["means"], data["deviations"], data["captions"]
        self.device = device

    def pick(self, rng, size):
        """Indices of a batch."""
        return [rng.randrange(len(self.captions)) for _ in range(size)]

    def latents(self, indices):
        """A sample of the posteriors."""
        means = self.means[indices].float()
        return (means + self.deviations[indices].float() * torch.randn_like(means)).to(self.device)


class Prepared(Latents):
    """The pictures themselves and their captions' states as well; `empty` are the states of the empty caption."""

    def __init__(self, data, device):
        super().__init__(data, device)
        self.pictures, self.states, self.empty = data["pictures"], data["states"], data["empty"]

    def text(self, indices, rng, empty_share):
        """Text states, those of the empty caption for a share of them."""
        states = [self.empty if rng.random() < empty_share else self.states[i] for i in indices]
        return torch.stack(states).float().to(self.device)


def compose_many(icons, rng, count):
    """(uint8 pictures [N, H, W, 3], captions)"""
    samples = [compose.compose(icons, rng.randrange(len(icons.labels)), rng) for _ in range(count)]
    return np.stack([picture for picture, _ in samples]), [caption for _, caption in samples]


def compose_latents(pipeline, icons_file, file, count, seed):
    """Compose and encode `count` pictures and keep their latents in `file`, or load them from it."""
    file = Path(file)
    if not file.exists():
        icons = icon_set.load(icons_file).select(icon_set.BASE_STYLES)
        rng = random.Random(seed)
        parts, captions = [], []
        for start in range(0, count, ROOM):
            pictures, texts = compose_many(icons, rng, min(ROOM, count - start))
            parts.append([part.half() for part in encode_all(pipeline, pictures)])
            captions += texts
        means, deviations = (torch.cat(part) for part in zip(*parts))
        torch.save({"means": means, "deviations": deviations, "captions": captions}, file)
    return Latents(torch.load(file), pipeline.device)


def prepare(pipeline, icons_file, file, count, seed=31):
    """Compose and encode `count` pictures, or load them from `file`, where they are kept."""
    file = Path(file)
    if not file.exists():
        icons = icon_set.load(icons_file).select(icon_set.BASE_STYLES)
        pictures, captions = compose_many(icons, random.Random(seed), count)
        means, deviations = encode_all(pipeline, pictures)
        torch.save({"pictures": torch.from_numpy(pictures), "captions": captions, "means": means, "deviations": deviations,
                    "states": caption_states(pipeline, captions), "empty": caption_states(pipeline, [""])[0]}, file)
    return Prepared(torch.load(file), pipeline.device)
