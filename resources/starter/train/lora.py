"""Low-rank adapters for the UNet: put around its layers, trained, and written in kohya's format."""
import hashlib
import json
import math

import torch
from safetensors.torch import save as serialize
from torch import nn

import networks

TARGETS = ("attentions.", "resnets.", "samplers.")  # every layer of the blocks; the first and last convolution stay
LEFT = "time_emb_proj"  # but for these, whose inputs differ between the base and the inpainting UNet


class LowRank(nn.Module):
    """A frozen linear or convolution layer with `(alpha / rank) * up(down(x))` added."""

    def __init__(self, layer, rank, alpha):
        super().__init__()
        self.layer, self.scale = layer, alpha / rank
        if isinstance(layer, nn.Conv2d):
            self.down = nn.Conv2d(layer.in_channels, rank, layer.kernel_size, layer.stride, layer.padding, bias=False)
            self.up = nn.Conv2d(rank, layer.out_channels, 1, bias=False)
        else:
            self.down = nn.Linear(layer.in_features, rank, bias=False)
            self.up = nn.Linear(rank, layer.out_features, bias=False)
        nn.init.kaiming_uniform_(self.down.weight, a=math.sqrt(5))
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        return self.layer(x) + self.scale * self.up(self.down(x))


def attach(unet, rank, alpha):
    """Wrap the layers in place; {path: LowRank}."""
    unet.requires_grad_(False)
    paths = [path for path, module in unet.named_modules()
             if isinstance(module, (nn.Linear, nn.Conv2d)) and any(target in path for target in TARGETS)
             and not path.endswith(LEFT)]
    adapters = {}
    for path in paths:
        parent_path, name = path.rsplit(".", 1)
        parent = unet.get_submodule(parent_path)
        adapters[path] = LowRank(unet.get_submodule(path), rank, alpha).to(unet.device)
        setattr(parent, name, adapters[path])
    return adapters


def detach(unet, adapters):
    """Put the wrapped layers back."""
    for path, adapter in adapters.items():
        parent_path, name = path.rsplit(".", 1)
        setattr(unet.get_submodule(parent_path), name, adapter.layer)


def save(adapters, rank, alpha, file, name, trigger, captions, steps, comment):
    """Write a kohya file in f16; `captions` become its tag frequencies."""
    tensors = {}
    for path, adapter in adapters.items():
        key = "lora_unet_" + path.replace(".", "_")
        tensors[key + ".lora_down.weight"] = networks.on_grid(adapter.down.weight.detach()).half().contiguous()
        tensors[key + ".lora_up.weight"] = networks.on_grid(adapter.up.weight.detach()).half().contiguous()
        tensors[key + ".alpha"] = torch.tensor(float(alpha)).half()
    tags = {}
    for caption in captions:
        for tag in caption.split(", "):
            tags[tag] = tags.get(tag, 0) + 1
    common = dict(sorted(tags.items(), key=lambda item: (-item[1], item[0]))[:60])
    metadata = {"ss_output_name": name, "ss_network_module": "networks.lora", "ss_network_dim": str(rank),
                "ss_network_alpha": str(float(alpha)), "ss_network_args": json.dumps({"conv_dim": str(rank),
                                                                                      "conv_alpha": str(float(alpha))}),
                "ss_base_model_version": "lorikeet_starter", "ss_sd_model_name": "Lorikeet starter model",
                "ss_resolution": "(128, 128)", "ss_steps": str(steps), "ss_training_comment": comment,
                "ss_tag_frequency": json.dumps({name: common}), "modelspec.sai_model_spec": "1.0.0",
                "modelspec.architecture": "stable-diffusion-v1/lora", "modelspec.title": name,
                "modelspec.trigger_phrase": trigger, "modelspec.usage_hint": f"Trigger: {trigger}",
                "modelspec.license": "Apache-2.0", "modelspec.author": "The Lorikeet project"}
    metadata["sshs_model_hash"] = hashlib.sha256(serialize(tensors)).hexdigest()
    file.write_bytes(serialize(tensors, metadata))
