"""The gloss of the style "glossy".

Fluent's coloured drawings and its 3d renderings are the same drawings, shaded alike: at 128 pixels and through the autoencoder
not even a classifier that has seen all of them tells more than four of five apart. So that the word means something, a
coloured drawing is given what a glossy thing has: light on its upper half that ends in a clear edge, and a shade below.
"""
import numpy as np
from PIL import Image, ImageFilter

LIGHT, LIGHT_LEFT = 0.62, 0.22  # how white the light is at its upper and at its lower end
SHADE = 0.30  # how much darker the lowest part is
RIM = 7  # pixels, odd: the light keeps half of that away from the outline


def box_of(mask):
    """(left, top, width, height) of what is set."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return columns[0], rows[0], np.ptp(columns) + 1, np.ptp(rows) + 1


def polish(icon):
    """The icon, uint8 [H, W, 4], with gloss; its outline stays."""
    alpha = Image.fromarray(icon[..., 3])
    mask = np.asarray(alpha) > 128
    if not mask.any():
        return icon
    left, top, width, height = box_of(mask)
    y, x = np.mgrid[:icon.shape[0], :icon.shape[1]].astype(np.float32)
    down = np.clip((y - top) / height, 0, 1)
    ellipse = ((x - left - width / 2) / (0.72 * width)) ** 2 + ((y - top - 0.06 * height) / (0.44 * height)) ** 2 < 1
    inner = np.asarray(alpha.filter(ImageFilter.MinFilter(RIM))) > 128
    lit = Image.fromarray(((ellipse & inner) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
    light = np.asarray(lit, np.float32) / 255 * (LIGHT + (LIGHT_LEFT - LIGHT) * np.clip(down / 0.5, 0, 1))
    shade = 1 - SHADE * np.clip((down - 0.55) / 0.45, 0, 1)
    color = icon[..., :3] * shade[..., None]
    color = color + (255 - color) * light[..., None]
    return np.concatenate([color.round().astype(np.uint8), icon[..., 3:]], -1)
