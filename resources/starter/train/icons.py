"""Render named icon artwork to 128x128 RGBA, one picture for each concept and style, and pick the concepts to train on.

Names and tags come from emojibase-data, the artwork from the packages in `SETS`; LICENSES.md says who made them.
"""
import io
import json
import re
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

import gloss

SIZE = 128
SETS = {"noto": "cartoon", "fluent-emoji": "glossy", "fluent-emoji-flat": "flat", "fluent-emoji-high-contrast": "ink"}
GROUPS = {0, 3, 4, 5, 6, 7}  # emojibase's groups: smileys, animals, food, travel, activities, objects
BASE_STYLES = ("cartoon", "flat", "glossy", "3d")  # ink is left to an adapter
CONCEPTS = {name.replace("_", " ") for name in """
bear cat dog fox frog lion tiger panda penguin owl pig cow horse rabbit monkey elephant giraffe zebra dolphin fish shark
octopus crab butterfly honeybee turtle snake unicorn dragon duck eagle parrot flamingo koala mouse wolf whale snail rose tulip
sunflower cactus mushroom red_apple green_apple banana strawberry watermelon lemon pineapple cherries grapes peach pear avocado
carrot tomato broccoli pizza hamburger hot_dog french_fries taco sushi doughnut cookie cupcake birthday_cake ice_cream egg
bread croissant popcorn bacon bubble_tea wine_glass beer_mug teapot airplane automobile bicycle bus taxi train rocket sailboat
helicopter motorcycle ship house castle volcano mountain rainbow sun cloud star fire snowflake umbrella snowman tractor balloon
basketball guitar violin drum camera laptop key bell books crown gear hammer candle chair door ring trophy telephone television
watch scissors pencil robot ghost alien skull grinning_face crying_face angry_face sleeping_face thinking_face nerd_face
red_heart blue_heart green_heart yellow_heart purple_heart""".split()}


@dataclass
class Icons:
    """Parallel lists: picture [128, 128, 4], name, style and tags of each icon."""
    images: np.ndarray
    labels: list
    styles: list
    tags: list
    indices_of_style: dict = field(default_factory=dict)

    def of_style(self, style):
        if style not in self.indices_of_style:
            self.indices_of_style[style] = [i for i, s in enumerate(self.styles) if s == style]
        return self.indices_of_style[style]

    def select(self, styles):
        """The icons of `CONCEPTS` in these styles."""
        keep = [i for i, label in enumerate(self.labels) if self.styles[i] in styles and label in CONCEPTS]
        return Icons(self.images[keep], [self.labels[i] for i in keep], [self.styles[i] for i in keep],
                     [self.tags[i] for i in keep])


def slug(label):
    """The icon sets' file name of an emoji label: "Bob’s café" is "bobs-cafe"."""
    plain = unicodedata.normalize("NFKD", label.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['!.]", "", plain)).strip("-")


def render_svg(body, box):
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{SIZE}" '
           f'height="{SIZE}" viewBox="0 0 {box} {box}" color="#111">{body}</svg>')
    png = subprocess.run(["rsvg-convert", "-w", str(SIZE), "-h", str(SIZE)], input=svg.encode(), stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=True).stdout
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def render_webp(path):
    return np.asarray(Image.open(path).convert("RGBA").resize((SIZE, SIZE), Image.LANCZOS))


def find_artwork(modules):
    """(emoji, style, function that renders it) of every drawing whose emoji is in one of `GROUPS`."""
    emojis = json.loads((modules / "emojibase-data/en/data.json").read_text())
    emojis = [e for e in emojis if e.get("group") in GROUPS]
    found = []
    for package, style in SETS.items():
        data = json.loads((modules / f"@iconify-json/{package}/icons.json").read_text())
        aliases = {name: alias["parent"] for name, alias in data.get("aliases", {}).items()}
        for emoji in emojis:
            name = slug(emoji["label"])
            icon = data["icons"].get(name) or data["icons"].get(aliases.get(name))
            if icon:
                box = icon.get("width", data.get("width", 16))
                found.append((emoji, style, lambda body=icon["body"], box=box: render_svg(body, box)))
    for emoji in emojis:
        code = emoji["hexcode"].lower()
        paths = [modules / f"@lobehub/fluent-emoji-3d/assets/{c}.webp" for c in (code, code.replace("-fe0f", ""))]
        path = next((p for p in paths if p.exists()), None)
        if path:
            found.append((emoji, "3d", lambda path=path: render_webp(path)))
    return found


def render(modules, out):
    """Render all artwork in the folder node_modules to the file `out`; drawings that librsvg refuses are named and left out."""
    found = find_artwork(modules)

    def picture(entry):
        try:
            image = entry[2]()
            return gloss.polish(image) if entry[1] == "glossy" else image
        except subprocess.CalledProcessError:
            print(f"left out: {entry[0]['label']}, {entry[1]}: cannot be rendered")
            return None

    with ThreadPoolExecutor() as pool:
        pictures = list(pool.map(picture, found))
    kept = [(entry, image) for entry, image in zip(found, pictures) if image is not None]
    np.savez_compressed(out, images=np.stack([image for _, image in kept]),
                        labels=[e["label"].replace("⊛ ", "") for (e, _, _), _ in kept],
                        styles=[style for (_, style, _), _ in kept],
                        tags=["|".join(e.get("tags", [])) for (e, _, _), _ in kept])
    print(f"{len(kept)} icons of {len({e['label'] for (e, _, _), _ in kept})} concepts")


def load(path):
    data = np.load(path)
    tags = [[tag for tag in line.split("|") if tag] for line in data["tags"].tolist()]
    return Icons(data["images"], data["labels"].tolist(), data["styles"].tolist(), tags)
