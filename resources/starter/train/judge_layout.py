"""Print how often counts and places that a caption names are drawn, for a model and for pictures composed of the icons.

Usage: judge_layout.py MODEL_FOLDER ICONS.npz [--count 48] [--steps 14] [--sheets FOLDER]
"""
import argparse
import json
import random
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import compose
import icons as icon_set
import judge
import networks

DIFFERENT = 60  # from the ground, of 255 in some colour: a thing
SMALLEST = 0.012  # of the picture: what is less is no thing
COLORS = ("navy", "teal", "black", "purple", "maroon")  # few icons are of these


def things(picture):
    """(boxes' centres as fractions of the picture) of what stands on the picture's ground, largest first."""
    ground = np.median(np.concatenate([picture[:6].reshape(-1, 3), picture[-6:].reshape(-1, 3)]), 0)
    mask = (np.abs(picture.astype(np.float32) - ground).max(-1) > DIFFERENT).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    found = sorted((tuple(stats[i]) for i in range(1, count) if stats[i][4] > SMALLEST * mask.size), key=lambda s: -s[4])
    return [((x + w / 2) / mask.shape[1], (y + h / 2) / mask.shape[0]) for x, y, w, h, _ in found]


def place_of(center):
    """The words of `compose.PLACES` that are nearest."""
    return min(compose.PLACES, key=lambda place: np.hypot(*np.subtract(compose.PLACES[place], center)))


def tasks(icons, count, seed=77):
    """(kind, words before the background, caption, picture composed of the icon), counts and places in turn."""
    rng = random.Random(seed)
    for number in range(count):
        index = rng.randrange(len(icons.labels))
        label, style = icons.labels[index], icons.styles[index]
        color = rng.choice([c for c in COLORS if not compose.held_back(label, style, c)])
        canvas = Image.new("RGB", (compose.SIZE, compose.SIZE), compose.COLORS[color])
        kind, draw = (("count", compose.draw_counted), ("place", compose.draw_placed))[number % 2]
        words = draw(canvas, icons.images[index], label, rng)
        yield kind, words, f"{words} on {compose.article(color)} background, {style} style", np.asarray(canvas)


def is_right(kind, words, picture):
    found = things(picture)
    if kind == "count":
        return compose.NUMBERS.get(len(found)) == words.split()[0]
    return bool(found) and words.endswith(place_of(found[0]))


def shares(pictures, wanted):
    return {kind: round(float(np.mean([is_right(k, words, p) for p, (k, words, *_) in zip(pictures, wanted) if k == kind])), 3)
            for kind in ("count", "place")}


def judge_layout(folder, icons_file, count, steps, sheets=None):
    icons = icon_set.load(icons_file).select(icon_set.BASE_STYLES)
    wanted = list(tasks(icons, count))
    pictures = judge.generate(networks.load(folder), [caption for _, _, caption, _ in wanted], steps)
    if sheets:
        judge.contact_sheet(pictures, 12, sheets / "layout.png")
    return {"count": count, "generated": shares(pictures, wanted), "real": shares([real for *_, real in wanted], wanted)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("icons", type=Path)
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--steps", type=int, default=14)
    parser.add_argument("--sheets", type=Path)
    a = parser.parse_args()
    print(json.dumps(judge_layout(a.model, a.icons, a.count, a.steps, a.sheets), indent=1))


if __name__ == "__main__":
    main()
