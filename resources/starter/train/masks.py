"""Random masks for the inpainting training, and what the inpainting UNet sees of a picture and its mask."""
import cv2
import numpy as np
import torch
import torch.nn.functional as F

LATENT_PIXELS = 8  # pixels of the picture along one cell of the latent
WHOLE_SHARE = 0.15  # of the masks: everything is painted, as by the base
BACKGROUND_DISTANCE = 40  # how far a pixel's colour is from the corner's where the thing is, of 255


def shape(size, rng):
    """A rectangle or an ellipse of 20 to 85 percent of the edge length."""
    mask = np.zeros((size, size), np.uint8)
    width, height = (round(size * rng.uniform(0.2, 0.85)) for _ in range(2))
    left, top = rng.randint(0, size - width), rng.randint(0, size - height)
    if rng.random() < 0.5:
        mask[top:top + height, left:left + width] = 1
    else:
        cv2.ellipse(mask, (left + width // 2, top + height // 2), (width // 2, height // 2), 0, 0, 360, 1, -1)
    return mask


def strokes(size, rng):
    """One to three strokes of a round brush."""
    mask = np.zeros((size, size), np.uint8)
    for _ in range(rng.randint(1, 3)):
        points = [(rng.randint(0, size), rng.randint(0, size)) for _ in range(rng.randint(2, 4))]
        width = round(size * rng.uniform(0.12, 0.35))
        for start, end in zip(points, points[1:]):
            cv2.line(mask, start, end, 1, width)
    return mask


def side(size, rng):
    """A third to two thirds of the picture from one edge on, as for one thing of a pair."""
    mask = np.zeros((size, size), np.uint8)
    mask[:round(size * rng.uniform(0.33, 0.67))] = 1
    return np.ascontiguousarray(np.rot90(mask, rng.randrange(4)))


def thing(picture, rng):
    """What is not the background, and some of its surroundings: its outline as a careful hand paints it, or a box."""
    distance = np.abs(picture.astype(np.int16) - picture[2, 2]).max(-1)
    mask = (distance > BACKGROUND_DISTANCE).astype(np.uint8)
    width = 2 * rng.randint(3, 8) + 1
    mask = cv2.dilate(mask, np.ones((width, width), np.uint8))
    rows, columns = np.nonzero(mask)
    if len(rows) and rng.random() < 0.6:
        mask[rows.min():rows.max() + 1, columns.min():columns.max() + 1] = 1
    return mask


def random_mask(picture, rng):
    """uint8 [H, W], 1 where a picture [H, W, 3] is to be painted; never empty."""
    size = len(picture)
    if rng.random() < WHOLE_SHARE:
        return np.ones((size, size), np.uint8)
    make = rng.choice([lambda: thing(picture, rng), lambda: shape(size, rng), lambda: strokes(size, rng),
                       lambda: side(size, rng)])
    mask = make()
    return mask if mask.any() else shape(size, rng)


def hide(pictures, masks):
    """The pictures [N, H, W, 3] with middle grey, the zero of the model's range, under the masks: 127.5 of 255."""
    return np.where(masks[..., None] > 0, np.float32(127.5), pictures.astype(np.float32))


def latent_masks(masks):
    """[N, 1, h, w] at the size of the latents, as diffusers shrinks them."""
    x = torch.from_numpy(np.ascontiguousarray(masks)).float()[:, None]
    return F.interpolate(x, size=(masks.shape[1] // LATENT_PIXELS, masks.shape[2] // LATENT_PIXELS))


def encode_hidden(autoencoder, pictures, masks):
    """A sample of the scaled latents of the pictures without what the masks cover."""
    x = torch.from_numpy(hide(pictures, masks)).to(autoencoder.device).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.no_grad():
        return autoencoder.encode(x).latent_dist.sample() * autoencoder.config.scaling_factor
