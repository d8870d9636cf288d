"""LyCORIS adapters of lora/ that lorikeet-cli writes as PEFT's LoHa and LoKr, checked with PEFT itself: its tuners are
built from the adapter_config.json, take every tensor (none missing, none left over, all shapes equal), and merging
gives the weights of lora/NAME/expected.safetensors, which LyCORIS computed. What PEFT's own state holds then becomes
peft_tuners/NAME.json: the configuration and the names and shapes. Needs torch, diffusers, transformers, peft,
safetensors.

    python tests/golden/make/peft_tuners.py build/release/engine/lorikeet-cli
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from peft import PeftConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import CLIPTextModel

GOLDEN = Path(__file__).resolve().parent.parent
CASES = ["loha", "loha_tucker", "lokr_both_factored", "lokr_tucker", "lokr_w1_full_w2_factored"]
# In f32 on both sides; LyCORIS's files are f16.
TOLERANCE = 1e-6


def load(part):
    if part == "unet":
        return UNet2DConditionModel.from_pretrained(GOLDEN / "tiny-sd1/unet", torch_dtype=torch.float32)
    return CLIPTextModel.from_pretrained(GOLDEN / "tiny-sd1/text_encoder", torch_dtype=torch.float32)


def plain(name):
    """transformers' newer releases leave "text_model." out."""
    return name.replace("text_model.", "")


def check_part(folder, part, expected, multiplier):
    base = {plain(name): tensor for name, tensor in load(part).state_dict().items()}
    model = get_peft_model(load(part), PeftConfig.from_pretrained(folder))
    state = {plain(name): tensor for name, tensor in get_peft_model_state_dict(model).items()}
    stored = {plain(name): tensor for name, tensor in load_file(folder / "adapter_model.safetensors").items()}
    assert state.keys() == stored.keys(), sorted(state.keys() ^ stored.keys())[:5]
    for name, tensor in stored.items():
        assert state[name].shape == tensor.shape, (name, state[name].shape, tensor.shape)
        state[name].copy_(tensor)
    merged = {plain(name): tensor for name, tensor in model.merge_and_unload().state_dict().items()}
    worst = 0
    for name, tensor in expected.items():
        if not name.startswith(part + "."):
            continue
        before = base[plain(name[len(part) + 1:])]
        after = before + multiplier * (merged[plain(name[len(part) + 1:])] - before)
        worst = max(worst, (after - tensor).abs().max().item())
    return {name: list(tensor.shape) for name, tensor in sorted(stored.items())}, worst


@torch.no_grad()
def check(cli, name):
    source = GOLDEN / "lora" / name
    expected = load_file(source / "expected.safetensors")
    multiplier = json.loads((source / "case.json").read_text())["multiplier"]
    report = {}
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "peft"
        subprocess.run([cli, "lora", "convert", source / "adapter.safetensors", target, "--to", "peft", "-m",
                        GOLDEN / "tiny-sd1"], check=True)
        for folder in sorted(target.iterdir()):
            tensors, worst = check_part(folder, folder.name, expected, multiplier)
            assert worst <= TOLERANCE, (name, folder.name, worst)
            print(f"{name}, {folder.name}: {len(tensors)} tensors, largest difference {worst:.2g}")
            report[folder.name] = {"config": json.loads((folder / "adapter_config.json").read_text()),
                                   "tensors": tensors}
    out = GOLDEN / "peft_tuners" / f"{name}.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for case in CASES:
        check(sys.argv[1], case)
