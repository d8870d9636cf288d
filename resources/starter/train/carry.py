"""Carry networks that were trained beside an earlier base over to a base that was trained further from it.

Usage: carry.py OLD_MODEL_FOLDER NEW_MODEL_FOLDER

What a network learned is its difference from the base that it began as; that is added to the new base. It holds as long as the
new base is near the old one, and spares the training most of its steps. Writes NEW/controlnet and NEW/inpainting of those that
OLD has.
"""
import argparse
from pathlib import Path

import torch
from diffusers import ControlNetModel, UNet2DConditionModel

import inpaint
import networks


def add_difference(network, old, new):
    """Add `new - old` to the weights of `network` that the two bases have as well; of the first convolution, to the channels
    that they have. A time embedding of another width stays as it is."""
    weights, before, after = network.state_dict(), old.state_dict(), new.state_dict()
    with torch.no_grad():
        for name in weights.keys() & before.keys():
            difference = after[name] - before[name]
            shared = weights[name][:, :difference.shape[1]] if name == "conv_in.weight" else weights[name]
            if shared.shape == difference.shape:
                shared += difference


def load_unet(folder):
    return UNet2DConditionModel.from_pretrained(folder, torch_dtype=torch.float32)


def carry(old_folder, new_folder):
    old, new = load_unet(old_folder / "unet"), load_unet(new_folder / "unet")
    if (old_folder / "controlnet").exists():
        controlnet = ControlNetModel.from_pretrained(old_folder / "controlnet", torch_dtype=torch.float32)
        add_difference(controlnet, old, new)
        networks.save_network(controlnet, new_folder / "controlnet")
    if (old_folder / "inpainting").exists():
        unet = load_unet(old_folder / "inpainting/unet")
        add_difference(unet, old, new)
        inpaint.save(unet, new_folder / "inpainting")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    a = parser.parse_args()
    carry(a.old, a.new)


if __name__ == "__main__":
    main()
