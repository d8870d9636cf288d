"""The judge's eye: a small network that names the concept and the style of a picture, trained on the real icons."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import compose
import icons as icon_set
from training import Run

SIZE = 64
CLEAN_SHARE = 0.3  # of the training pictures: seen as they are, the others blurred, noisy and with shifted colours


class Classifier(nn.Module):
    def __init__(self, concepts, styles):
        super().__init__()
        self.concepts, self.styles = concepts, styles
        layers, channels = [], 3
        for width in (32, 64, 128, 192):
            layers += [nn.Conv2d(channels, width, 3, stride=2, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(16 * channels, len(concepts) + len(styles)))

    def forward(self, pictures):
        """(concept logits, style logits) of pictures [N, 3, H, W] in -1..1."""
        x = self.features(F.interpolate(pictures, size=SIZE, mode="area"))
        return self.head(x.flatten(1)).split([len(self.concepts), len(self.styles)], 1)


def as_input(pictures):
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def augment(x):
    """What a generated picture may be and still show the thing: a little blurred, noisy, off in its colours."""
    count = len(x)
    pick = lambda: torch.rand(count, 1, 1, 1)
    blur = F.interpolate(F.avg_pool2d(x, 4), size=x.shape[-1], mode="bilinear")
    changed = torch.lerp(x, blur, pick() * 0.8)
    changed = changed * (0.8 + 0.4 * torch.rand(count, 3, 1, 1)) + 0.15 * torch.randn(count, 3, 1, 1)
    changed = changed + 0.15 * pick() * torch.randn_like(x)
    return torch.where(pick() < CLEAN_SHARE, x, changed)


def make_batch(icons, rng, size):
    """Single things on any background."""
    pictures, indices = [], []
    for _ in range(size):
        index = rng.randrange(len(icons.labels))
        _, canvas = compose.background(rng, icons.labels[index], icons.styles[index])
        compose.draw_single(canvas, icons.images[index], icons.labels[index], rng)
        pictures.append(np.asarray(canvas))
        indices.append(index)
    return as_input(pictures), indices


def train(icons_file, run_file, steps, size=64, rate=2e-3, seed=5):
    """Train (or load, when `run_file` is finished) the classifier."""
    torch.manual_seed(seed)
    icons = icon_set.load(icons_file).select(icon_set.BASE_STYLES)
    model = Classifier(sorted(set(icons.labels)), list(icon_set.BASE_STYLES))
    run = Run(run_file, list(model.parameters()), steps, rate, seed, buffers=list(model.buffers()))

    def loss_of_step(rng):
        x, indices = make_batch(icons, rng, size)
        concept, style = model.train()(augment(x))
        return (F.cross_entropy(concept, torch.tensor([model.concepts.index(icons.labels[i]) for i in indices]))
                + 0.5 * F.cross_entropy(style, torch.tensor([model.styles.index(icons.styles[i]) for i in indices])))

    run.train(loss_of_step)
    return model.eval()
