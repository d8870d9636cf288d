"""The pictures of the style adapters: icons redrawn by deterministic filters, with captions.

Each filter takes an icon (RGBA float array [128, 128, 4] in 0..1, already placed) and gives the picture (RGB, 0..1).
"""
import numpy as np
from PIL import Image, ImageFilter

from compose import COLORS, SIZE, article, background, draw_single

PIXEL = 8  # edge length of a pixel style's pixel: one cell of the latent
PIXEL_LEVELS = 5  # brightness levels per channel
GRID = 16  # distance of a blueprint's grid lines
PAPER, PAPER_LINES = np.array([0.10, 0.28, 0.62]), np.array([0.30, 0.50, 0.82])
NIGHT = np.array([0.05, 0.03, 0.12])


def blurred(array, radius):
    """Gaussian blur of a [H, W] array in 0..1."""
    picture = Image.fromarray((np.clip(array, 0, 1) * 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def outlines(icon):
    """How much of an outline each pixel is, 0..1: the steepest change of colour or coverage."""
    layers = np.concatenate([icon[..., :3] * icon[..., 3:], icon[..., 3:]], -1)
    layers = np.stack([blurred(layers[..., c], 1) for c in range(4)], -1)
    dy, dx = np.gradient(layers, axis=(0, 1))
    steepness = np.sqrt(dx ** 2 + dy ** 2).max(-1)
    return np.clip((steepness - 0.05) / 0.10, 0, 1)


def over(icon, color):
    return icon[..., :3] * icon[..., 3:] + np.asarray(color, np.float32) * (1 - icon[..., 3:])


def pixel(icon, color):
    """Large square pixels of few colours."""
    cells = over(icon, color).reshape(SIZE // PIXEL, PIXEL, SIZE // PIXEL, PIXEL, 3).mean((1, 3))
    cells = np.round(cells * (PIXEL_LEVELS - 1)) / (PIXEL_LEVELS - 1)
    return cells.repeat(PIXEL, 0).repeat(PIXEL, 1)


def blueprint(icon, _color):
    """White outlines on blue squared paper."""
    paper = np.broadcast_to(PAPER, (SIZE, SIZE, 3)).copy()
    for offset in (GRID // 2, GRID // 2 + 1):
        paper[offset::GRID] = PAPER_LINES
        paper[:, offset::GRID] = PAPER_LINES
    line = np.clip(2 * blurred(outlines(icon), 0.8), 0, 1)[..., None]
    return paper * (1 - line) + line


def neon(icon, _color):
    """Outlines that glow in the icon's own strongest hues, on a dark ground."""
    line = outlines(icon)
    color = np.stack([blurred(icon[..., c] * icon[..., 3], 4) for c in range(3)], -1)
    vivid = color - color.min(-1, keepdims=True) * 0.8
    vivid = vivid / np.maximum(vivid.max(-1, keepdims=True), 0.02)
    glow = 0.9 * blurred(line, 5) + 0.5 * blurred(line, 2)
    light = np.clip(glow, 0, 1)[..., None] * vivid + 0.55 * line[..., None] * (0.5 + 0.5 * vivid)
    return np.clip(NIGHT + light, 0, 1)


def ink(icon, color):
    """The icon as it is: the set's own black and white drawings."""
    return over(icon, color)


FILTERS = {"ink": ink, "pixel": pixel, "blueprint": blueprint, "neon": neon}
SOURCES = {"ink": ("ink",), "pixel": ("flat", "cartoon", "3d"), "blueprint": ("flat", "cartoon"),
           "neon": ("flat", "3d")}
OWN_GROUND = {"blueprint", "neon"}  # the style decides the background; captions do not name one


def sample(style, icons, rng):
    """(uint8 [128, 128, 3], caption) of a random icon, placed and redrawn in the style; half of the captions name it."""
    index = rng.randrange(len(icons.labels))
    color, _ = background(rng, icons.labels[index], icons.styles[index])
    if style == "ink" and color in ("black", "navy"):
        color = "white"  # black ink would not show
    layer = Image.new("RGBA", (SIZE, SIZE))
    text = draw_single(layer, icons.images[index], icons.labels[index], rng)
    icon = np.asarray(layer, np.float32) / 255
    picture = FILTERS[style](icon, np.array(COLORS[color]) / 255)
    if style not in OWN_GROUND and color != "white":
        text += f" on {article(color)} background"
    if rng.random() < 0.5:
        text += f", {style} style"
    return (picture * 255).round().astype(np.uint8), text
