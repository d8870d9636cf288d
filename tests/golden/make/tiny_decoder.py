#!/usr/bin/env python3
"""A TAESD decoder with few channels and random weights, and what diffusers' AutoencoderTiny makes of latents:
tests/golden/tiny-decoder (diffusers layout; case.safetensors: latents [1, 4, 8, 8] and picture [1, 3, 64, 64]).

Needs torch and diffusers. usage: tiny_decoder.py OUT_DIR
"""
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderTiny
from safetensors.torch import save_file

CHANNELS = (8, 8, 8, 8)


def main():
    out = Path(sys.argv[1])
    torch.manual_seed(5)
    model = AutoencoderTiny(encoder_block_out_channels=CHANNELS, decoder_block_out_channels=CHANNELS,
                            num_encoder_blocks=(1, 1, 1, 1)).eval()
    for tensor in model.parameters():
        tensor.data = tensor.data.half().float()
    latents = torch.randn(1, 4, 8, 8) * 2
    with torch.no_grad():
        picture = model.decode(latents).sample
    model.half().save_pretrained(out)
    save_file({"latents": latents, "picture": picture}, out / "case.safetensors")


if __name__ == "__main__":
    main()
