"""The starter model's networks: their shapes, and how they are read from and written to a diffusers folder."""
import gzip
import json
import math
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

MERGES = 8000  # of CLIP's 48,894: the commonest words
TOKENS = 77
GRID = 0.02  # of a matrix's standard deviation: distance of the values that its weights are rounded to
SCHEDULE = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, skip_prk_steps=True,
                set_alpha_to_one=False)


def new_autoencoder():
    """One norm group: with more, a narrow autoencoder washes flat colours out."""
    return AutoencoderKL(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(16, 32, 64, 128),
                         layers_per_block=1, norm_num_groups=1, sample_size=128,
                         down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4)


def new_text_encoder(tokenizer):
    size = len(tokenizer)
    return CLIPTextModel(CLIPTextConfig(vocab_size=size, hidden_size=192, intermediate_size=768, num_hidden_layers=4,
                                        num_attention_heads=6, max_position_embeddings=TOKENS, hidden_act="quick_gelu",
                                        projection_dim=192, bos_token_id=size - 2, eos_token_id=size - 1,
                                        pad_token_id=size - 1))


def new_unet():
    return UNet2DConditionModel(sample_size=16, in_channels=4, out_channels=4, cross_attention_dim=192, attention_head_dim=4,
                                block_out_channels=(96, 160, 256), layers_per_block=1, norm_num_groups=32,
                                down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
                                up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"))


def byte_characters():
    """CLIP's printable stand-ins of the 256 bytes, in the order of its vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]


def new_tokenizer(merges_file, folder):
    """Write CLIP's tokenizer with the first `MERGES` merges of bpe_simple_vocab_16e6.txt.gz to `folder`, and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    merges = gzip.open(merges_file, "rt", encoding="utf-8").read().split("\n")[1:MERGES + 1]
    characters = byte_characters()
    words = characters + [c + "</w>" for c in characters] + ["".join(merge.split()) for merge in merges]
    vocabulary = {word: i for i, word in enumerate(words + ["<|startoftext|>", "<|endoftext|>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    tokenizer = CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=TOKENS)
    tokenizer.save_pretrained(folder)
    return tokenizer


def load(folder, device="cpu"):
    """The pipeline in a diffusers folder, in f32."""
    pipeline = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def assemble(tokenizer, text_encoder, unet, autoencoder):
    pipeline = StableDiffusionPipeline(vae=autoencoder, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet,
                                       scheduler=PNDMScheduler(**SCHEDULE), safety_checker=None, feature_extractor=None,
                                       requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def on_grid(weights):
    """The weights rounded to multiples of a power of two near `GRID` of their deviation, so that files of them compress to two
    thirds in packages and in git; the error is 0.5 % of the weights. Vectors stay as they are."""
    deviation = weights.float().std().item() if weights.ndim > 1 else 0
    if deviation == 0:
        return weights
    step = 2.0 ** round(math.log2(GRID * deviation))
    return (weights.float() / step).round().mul(step).to(weights.dtype)


def put_on_grid(network):
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(on_grid(parameter))
    return network


def forget_origin(folder):
    """Take the path that a network was read from out of its configuration."""
    file = Path(folder) / "config.json"
    config = json.loads(file.read_text())
    config.pop("_name_or_path", None)
    file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def save_network(network, folder):
    """Write a part of diffusers in f16."""
    put_on_grid(network).eval().to(torch.float16).save_pretrained(folder, safe_serialization=True)
    forget_origin(folder)


def save(pipeline, folder, tokenizer):
    """Write a diffusers folder in f16, with the scheduler of `SCHEDULE` and the vocabulary in the folder `tokenizer`."""
    for network in (pipeline.unet, pipeline.text_encoder):
        put_on_grid(network)
    parts = assemble(pipeline.tokenizer, pipeline.text_encoder, pipeline.unet, pipeline.vae)
    parts.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    parts.to(torch.float32)
    for part in ("unet", "vae"):
        forget_origin(Path(folder) / part)
    # Newer transformers write tokenizer.json alone, which not every program reads.
    for name in ("vocab.json", "merges.txt"):
        shutil.copyfile(Path(tokenizer) / name, Path(folder) / "tokenizer" / name)
    (Path(folder) / "tokenizer/tokenizer.json").unlink(missing_ok=True)
    # Newer transformers leave out the prefix that the text encoder of every Stable Diffusion folder has.
    file = Path(folder) / "text_encoder/model.safetensors"
    weights = load_file(file)
    save_file({k if k.startswith("text_model.") else "text_model." + k: v for k, v in weights.items()}, file,
              metadata={"format": "pt"})


def encode_pictures(autoencoder, pictures):
    """Scaled latents of uint8 pictures [N, H, W, 3], a sample of the posterior."""
    x = torch.from_numpy(pictures).to(autoencoder.device).permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.no_grad():
        return autoencoder.encode(x).latent_dist.sample() * autoencoder.config.scaling_factor


def encode_captions(tokenizer, text_encoder, captions):
    ids = tokenizer(captions, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt").input_ids
    return text_encoder(ids.to(text_encoder.device)).last_hidden_state
