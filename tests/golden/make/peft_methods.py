"""PEFT methods other than LoRA on a few modules of tiny-sd1's UNet: adapter folders as PEFT saves them and the weights
and biases that merging gives (peft_methods/). Needs torch, diffusers, peft, safetensors.

    python tests/golden/make/peft_methods.py
"""
import copy
import json
import shutil
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from peft import IA3Config, LoHaConfig, LoKrConfig, LoraConfig, OFTConfig, get_peft_model
from safetensors.torch import load_file, save_file

GOLDEN = Path(__file__).resolve().parent.parent
BLOCK = "mid_block.attentions.0.transformer_blocks.0."
LINEAR = [BLOCK + "attn1.to_q", BLOCK + "attn2.to_k", BLOCK + "attn1.to_out.0"]
CONVOLUTION = "mid_block.attentions.0.proj_in"
METHODS = {
    "ia3": IA3Config(target_modules=LINEAR + [CONVOLUTION], feedforward_modules=[BLOCK + "attn1.to_out.0", CONVOLUTION]),
    "oft_exact": OFTConfig(target_modules=LINEAR + [CONVOLUTION], r=0, oft_block_size=8, use_cayley_neumann=False),
    "oft_neumann": OFTConfig(target_modules=LINEAR, r=2, oft_block_size=0, use_cayley_neumann=True,
                             num_cayley_neumann_terms=5, block_share=True),
    "loha": LoHaConfig(target_modules=LINEAR, r=3, alpha=5),
    "lokr": LoKrConfig(target_modules=LINEAR, r=2, alpha=3, decompose_factor=4),
    "lokr_whole": LoKrConfig(target_modules=LINEAR, r=64, alpha=16, decompose_factor=4),
    "two_loras": LoraConfig(target_modules=LINEAR, r=2, lora_alpha=4),
}


def randomize(model, generator):
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            noise = torch.randn(parameter.shape, generator=generator) * 0.1
            parameter.data = noise + (1 if "ia3" in name else 0)


def expected(model):
    merged = copy.deepcopy(model).merge_and_unload()
    tensors = {}
    for name in LINEAR + [CONVOLUTION]:
        layer = merged.get_submodule(name)
        tensors[f"{name}.weight"] = layer.weight.data.float().contiguous()
        if layer.bias is not None:
            tensors[f"{name}.bias"] = layer.bias.data.float().contiguous()
    return tensors


def make(method, config):
    folder = GOLDEN / "peft_methods" / method
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unet = UNet2DConditionModel.from_pretrained(GOLDEN / "tiny-sd1" / "unet", torch_dtype=torch.float32)
    generator = torch.Generator().manual_seed(sum(map(ord, method)))
    model = get_peft_model(unet, config)
    randomize(model, generator)
    tensors = expected(model)
    if method == "two_loras":  # a file of several adapters, as a state dict of the whole model names them
        model.add_adapter("second", config)
        model.set_adapter("second")
        randomize(model, generator)
        tensors.update({f"second.{k}": v for k, v in expected(model).items()})
        state = {k: v.contiguous() for k, v in model.state_dict().items() if "lora_" in k}
        save_file(state, folder / "adapter_model.safetensors")
        (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 4}, indent=1))
    else:
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)
    save_file(tensors, folder / "expected.safetensors")
    print(method, sorted(load_file(folder / "adapter_model.safetensors"))[:3])


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, settings in METHODS.items():
        make(name, settings)
