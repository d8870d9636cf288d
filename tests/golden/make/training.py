#!/usr/bin/env python3
"""Gradients and a loss trajectory of LoRA and textual inversion on tiny-sd1, by torch and peft -> tests/golden/training.

Computed in double, so that gradients which are zero in truth (a time projection before a norm with one channel a group)
can be told from rounding.

usage: training.py [GOLDEN_FOLDER]      needs torch, diffusers, transformers, peft, safetensors
"""
import json
import sys
from pathlib import Path

import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import save_file
from transformers import CLIPTextModel

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1])
RANK, ALPHA = 2, 3.0
UNET_ATTENTION = ["to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"]
UNET_ALL = UNET_ATTENTION + ["conv1", "conv2", "conv_shortcut", "time_emb_proj", "conv_in", "conv_out", "linear_1",
                             "linear_2", "downsamplers.0.conv", "upsamplers.0.conv"]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
TIMESTEPS = [37, 811]
STEPS, RATE, DECAY, CLIP = 20, 2e-3, 0.01, 1.0


def noise(seed, *shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).double()


def load(unet_targets, text_targets):
    """Both networks with adapters whose factors are small random numbers that f16 holds exactly."""
    unet = UNet2DConditionModel.from_pretrained(FOLDER / "tiny-sd1/unet", torch_dtype=torch.float64)
    text = CLIPTextModel.from_pretrained(FOLDER / "tiny-sd1/text_encoder", torch_dtype=torch.float64)
    unet.requires_grad_(False)
    text.requires_grad_(False)
    for seed, (network, targets) in enumerate([(unet, unet_targets), (text, text_targets)]):
        if not targets:
            continue
        settings = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets, init_lora_weights=False)
        inject_adapter_in_model(settings, network)
        generator = torch.Generator().manual_seed(100 + seed)
        for name, parameter in sorted(network.named_parameters()):
            if "lora_" in name:
                values = 0.1 * torch.randn(parameter.shape, generator=generator)
                parameter.data = values.half().double()
                parameter.requires_grad_(True)
    return unet.eval(), text.eval()


def canonical(part, name):
    module, _, factor = name.replace(".default", "").rpartition(".lora_")
    if part == "text_encoder" and not module.startswith("text_model."):
        module = "text_model." + module
    return f"{part}.{module}." + {"A.weight": "down", "B.weight": "up"}[factor]


def adapter_parameters(unet, text):
    for part, network in (("unet", unet), ("text_encoder", text)):
        for name, parameter in network.named_parameters():
            if "lora_" in name:
                yield canonical(part, name), parameter


def ids_of(text, extra):
    """Two prompts of 77 tokens; the first one names the two new tokens."""
    vocabulary = text.config.vocab_size - (2 if extra else 0)
    ids = torch.randint(5, 900, (2, 77), generator=torch.Generator().manual_seed(5))
    ids[:, 0] = vocabulary - 2
    ids[:, 30:] = vocabulary - 1
    if extra:
        ids[0, 3], ids[0, 4], ids[1, 9] = vocabulary, vocabulary + 1, vocabulary
    return ids


def predict(unet, text, ids, scheduler, latents, eps, timesteps):
    noisy = scheduler.add_noise(latents, eps, timesteps)
    return unet(noisy, timesteps, text(ids)[0]).sample


def gradients():
    unet, text = load(UNET_ALL, TEXT)
    vocabulary = text.config.vocab_size
    text.resize_token_embeddings(vocabulary + 2, mean_resizing=False)
    rows = text.get_input_embeddings().weight
    rows.data[vocabulary:] = (0.3 * noise(6, 2, rows.shape[1])).half().double()
    rows.requires_grad_(True)
    scheduler = DDPMScheduler.from_pretrained(FOLDER / "tiny-sd1/scheduler")
    latents, eps = noise(1, 2, 4, 16, 12), noise(2, 2, 4, 16, 12)
    ids = ids_of(text, True)
    prediction = predict(unet, text, ids, scheduler, latents, eps, torch.tensor(TIMESTEPS))
    loss = torch.nn.functional.mse_loss(prediction, eps)
    loss.backward()
    tensors = {"ids": ids.int(), "latents": latents, "noise": eps, "prediction": prediction.detach(),
               "rows": rows.data[vocabulary:].half().clone(), "grad.rows": rows.grad[vocabulary:].clone(),
               "loss": loss.detach().reshape(1)}
    for name, parameter in adapter_parameters(unet, text):
        up = name.endswith(".up")
        tensors[name] = parameter.data.flatten(1).half().contiguous() if up else parameter.data.half().contiguous()
        tensors["grad." + name] = (parameter.grad.flatten(1) if up else parameter.grad).contiguous()
    return {name: t.float() if t.dtype == torch.float64 else t for name, t in tensors.items()}


def trajectory(velocity):
    """AdamW on the UNet's attention, noise and timesteps of a step from its seed."""
    unet, text = load(UNET_ATTENTION, [])
    scheduler = DDPMScheduler.from_pretrained(FOLDER / "tiny-sd1/scheduler")
    states = text(ids_of(text, False))[0]
    latents = noise(3, 2, 4, 16, 16)
    parameters = dict(adapter_parameters(unet, text))
    start = {name: value.data.half().flatten(1) if name.endswith(".up") else value.data.half()
             for name, value in parameters.items()}
    optimizer = torch.optim.AdamW(parameters.values(), lr=RATE, weight_decay=DECAY)
    losses, norms = [], []
    for step in range(STEPS):
        eps = noise(1000 + step, 2, 4, 16, 16)
        timesteps = torch.tensor([(37 * step) % 1000, (811 + 53 * step) % 1000])
        noisy = scheduler.add_noise(latents, eps, timesteps)
        target = scheduler.get_velocity(latents, eps, timesteps) if velocity else eps
        loss = torch.nn.functional.mse_loss(unet(noisy, timesteps, states).sample, target)
        optimizer.zero_grad()
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(parameters.values(), CLIP)))
        optimizer.step()
        losses.append(float(loss.detach()))
    return start, states.detach(), losses, norms


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    out = FOLDER / "training"
    out.mkdir(exist_ok=True)
    save_file(gradients(), out / "gradients.safetensors")
    start, states, losses, norms = trajectory(False)
    _, _, velocity_losses, velocity_norms = trajectory(True)
    save_file({**start, "text": states.float()}, out / "trajectory.safetensors")
    (out / "training.json").write_text(json.dumps({
        "rank": RANK, "alpha": ALPHA, "timesteps": TIMESTEPS, "rate": RATE, "weight_decay": DECAY, "clip": CLIP,
        "epsilon": {"loss": losses, "norm": norms}, "velocity": {"loss": velocity_losses, "norm": velocity_norms},
        "torch": torch.__version__}, indent=1) + "\n")
    print(losses, norms, velocity_losses)


main()
