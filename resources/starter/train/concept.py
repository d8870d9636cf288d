"""What the base does not know: the lorikeet, Lorikeet's own mascot, as an adapter, and the tangerine as a word."""
import re
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

import adapters
import compose
import icons as icon_set
import lora
import networks
from training import Run, noise_prediction_loss

MASCOT_FILE = Path(__file__).parents[2] / "icons/lorikeet.svg"
MASCOT = "lorikeet"
WORD, DRAWN, FIRST_GUESS = "satsuma", "tangerine", ("peach", "lemon")
SMALLEST = 0.7  # size of the things, of the picture: small ones teach a latent of 16x16 little


def mascot():
    """The mascot's drawing, RGBA [128, 128, 4], without the ground behind it."""
    svg = re.sub(r"<rect[^>]*/>", "", MASCOT_FILE.read_text())
    return icon_set.render_svg(re.sub(r"</?svg[^>]*>", "", svg), 128)


def sample(drawing, name, rng):
    """(uint8 [128, 128, 3], caption) of a drawing on any background."""
    color, canvas = compose.background(rng, name, "")
    size = round(compose.SIZE * rng.uniform(SMALLEST, 1))
    slack = 0.4 * (1 - size / compose.SIZE)
    compose.paste(canvas, drawing, (0.5 + rng.uniform(-slack, slack), 0.5 + rng.uniform(-slack, slack)), size)
    text = compose.article(name)
    if color != "white" or rng.random() < 0.3:
        text += f" on {compose.article(color)} background"
    return np.asarray(canvas), text


def train_adapter(pipeline, run_file, out, steps, size, rate, seed):
    """Train the mascot's adapter, write it to the file `out` and leave the pipeline as it was."""
    drawing = mascot()

    def save(trained, captions):
        lora.save(trained, adapters.RANK, adapters.ALPHA, out, MASCOT, f"a {MASCOT}", captions, steps,
                  "Lorikeet's mascot for its starter model, trained on the project's own drawing")

    adapters.learn(pipeline, lambda rng: sample(drawing, MASCOT, rng), save, run_file, steps, size, rate, seed)


class WordEmbedding(torch.nn.Module):
    """The text encoder's token embedding with the last rows, those of the new word, trained."""

    def __init__(self, table, rows):
        super().__init__()
        self.table, self.rows = table, rows

    def forward(self, ids):
        known = self.table.shape[0]
        old = torch.nn.functional.embedding(ids.clamp(max=known - 1), self.table)
        new = torch.nn.functional.embedding((ids - known).clamp(min=0), self.rows)
        return torch.where((ids >= known)[..., None], new, old)


def first_guess(pipeline):
    """The embeddings of the words that the new one starts from, one row for each."""
    ids = [pipeline.tokenizer(word, add_special_tokens=False).input_ids[0] for word in FIRST_GUESS]
    return pipeline.text_encoder.get_input_embeddings().weight[ids].detach().clone()


def train_word(pipeline, icons_file, run_file, out, steps, size, rate, seed):
    """Learn a word for a thing by textual inversion (Gal et al. 2022) and write it to `out` in A1111's format."""
    drawings = icon_set.load(icons_file)
    chosen = [i for i, (label, style) in enumerate(zip(drawings.labels, drawings.styles))
              if label == DRAWN and style in icon_set.BASE_STYLES]
    pipeline.unet.requires_grad_(False)
    pipeline.vae.requires_grad_(False)
    encoder = pipeline.text_encoder.requires_grad_(False)
    table = encoder.get_input_embeddings()
    rows = torch.nn.Parameter(first_guess(pipeline))
    words = [f"<{WORD}-{i}>" for i in range(len(rows))]
    tokenizer = pipeline.tokenizer
    tokenizer.add_tokens(words)
    encoder.set_input_embeddings(WordEmbedding(table.weight, rows))
    torch.manual_seed(seed)
    run = Run(run_file, [rows], steps, rate, seed, average=0.9, warmup=10, save_every=25)

    def loss_of_step(rng):
        indices = [rng.choice(chosen) for _ in range(size)]
        samples = [sample(drawings.images[i], " ".join(words), rng) for i in indices]
        captions = [f"{caption}, {drawings.styles[i]} style" for (_, caption), i in zip(samples, indices)]
        latents = networks.encode_pictures(pipeline.vae, np.stack([picture for picture, _ in samples]))
        return noise_prediction_loss(pipeline.unet, latents, networks.encode_captions(tokenizer, encoder, captions))

    run.train(loss_of_step)
    run.use_average()
    encoder.set_input_embeddings(table)
    save_file({"emb_params": rows.detach().half().contiguous()}, out, metadata={"format": "pt"})
