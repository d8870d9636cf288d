#!/usr/bin/env python3
"""lorikeet-cli with adapters: -l, -a, <lora:...> in prompts, inspect."""
import json
import os
import shutil
import struct
import tempfile
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, read_png, read_safetensors, run

LORA = SOURCE / "tests/golden/lora/kohya_lora/adapter.safetensors"
LOCON = SOURCE / "tests/golden/lora/kohya_locon/adapter.safetensors"
TWO = SOURCE / "tests/golden/peft_methods/two_loras"
SHARED = SOURCE.parent / "shared/testdata"
SMALL = ("-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", 2, "--latents", "latents.safetensors")


def set_metadata(source, target, metadata):
    """Copies a safetensors file with other metadata."""
    data = source.read_bytes()
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    header["__metadata__"] = metadata
    text = json.dumps(header).encode()
    target.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length:])


def add_tensor(source, target, name):
    """Copies a safetensors file with one more tensor, [1] F32."""
    data = source.read_bytes()
    length, = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    header[name] = {"dtype": "F32", "shape": [1], "data_offsets": [len(body), len(body) + 4]}
    text = json.dumps(header).encode()
    target.write_bytes(struct.pack("<Q", len(text)) + text + body + bytes(4))


class AdaptersTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def latents(self, prompt, *arguments, **options):
        result = run("generate", *SMALL, "-p", prompt, *arguments, cwd=self.folder, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return read_safetensors(self.folder / "latents.safetensors")["latents.final"]

    def test_the_ways_to_give_a_weight_mean_the_same(self):
        plain = self.latents("a fox")
        half = self.latents("a fox", "-l", f"{LORA}:0.5")
        self.assertNotEqual(half, plain)
        self.assertEqual(self.latents("a fox", "-l", LORA, "-a", "0.5"), half)
        self.assertNotEqual(self.latents("a fox", "-l", f"{LORA}:0.5:0"), half)
        shutil.copy(LORA, self.folder / "ink.safetensors")
        self.assertEqual(self.latents("a fox<lora:ink:0.5>", "--lora-dir", self.folder), half)

    def test_several_adapters_and_one_of_several_in_a_file(self):
        both = self.latents("a fox", "-l", f"{LORA}:0.5", "-l", LOCON)
        self.assertNotEqual(both, self.latents("a fox", "-l", LOCON))
        self.assertEqual(self.latents("a fox", "-l", LOCON, "-l", f"{LORA}:0.5"), both)
        first = self.latents("a fox", "-l", TWO)
        self.assertEqual(self.latents("a fox", "-l", f"{TWO}#default:1"), first)
        self.assertNotEqual(self.latents("a fox", "-l", f"{TWO}#second"), first)
        self.assertEqual(self.latents("a fox", "-l", f"{TWO}#second:0", "-l", TWO), first)
        shutil.copy(LORA, self.folder / "a#second.safetensors")
        self.assertEqual(self.latents("a fox", "-l", "a#second.safetensors:0.5"),
                         self.latents("a fox", "-l", f"{LORA}:0.5"))
        self.refused("third", "default, second", "-p", "a fox", "-l", f"{TWO}#third")

    def test_tags_in_a_prompt_name_adapters_of_the_library_folder(self):
        library = self.folder / "library"
        (library / "styles").mkdir(parents=True)
        shutil.copy(LORA, library / "styles/ink.safetensors")
        shutil.copytree(TWO, library / "pair")
        half = self.latents("a fox", "-l", f"{LORA}:0.5")
        for tag in ("<lora:ink:0.5>", "<lora:ink.safetensors:0.5>", "<lyco:styles/ink:0.5>", "<lora:ink:te=0.5:unet=0.5>"):
            self.assertEqual(self.latents(f"a fox{tag}", "--lora-dir", library), half, tag)
        # A1111's order: the text encoder's weight, then the UNet's; -l has them the other way round.
        self.assertEqual(self.latents("a fox<lora:ink:0.2:0.7>", "--lora-dir", library),
                         self.latents("a fox", "-l", f"{LORA}:0.7:0.2"))
        self.assertEqual(self.latents("a fox<lora:pair:1>", "--lora-dir", library), self.latents("a fox", "-l", TWO))
        home = {**os.environ, "XDG_DATA_HOME": str(self.folder / "data")}
        (self.folder / "data/lorikeet").mkdir(parents=True)
        library.rename(self.folder / "data/lorikeet/adapters")
        self.assertEqual(self.latents("a fox<lora:ink:0.5>", env=home), half, "the default folder")

    def test_choices_name_adapters_of_their_own(self):
        shutil.copy(LORA, self.folder / "ink.safetensors")
        shutil.copy(LOCON, self.folder / "neon.safetensors")
        options = ("--lora-dir", self.folder, "--num", 4, "--seed", 1)
        shape, values = self.latents("a fox{<lora:ink:1>|<lora:neon:1>|}", *options)
        self.assertEqual(shape[0], 4)
        size = len(values) // 4
        for j in range(4):
            said = json.loads(run("prompt", "a fox{<lora:ink:1>|<lora:neon:1>|}", "-s", 1 + j, "--json").stdout)
            _, alone = self.latents(said[0]["text"], "--lora-dir", self.folder, "--seed", 1 + j)
            self.assertEqual(values[j * size:(j + 1) * size], alone, said[0]["text"])

    def refused(self, reason, detail, *arguments, **options):
        """Expects one line on stderr with both parts."""
        result = run("generate", *SMALL, *arguments, cwd=self.folder, **options)
        self.assertEqual(result.returncode, 1, result.stderr)
        said = [line for line in result.stderr.splitlines() if line.startswith("lorikeet-cli: ")]
        self.assertEqual(len(said), 1, result.stderr)
        self.assertIn(reason, said[0])
        self.assertIn(detail, said[0])

    def test_a_missing_adapter_is_an_error_not_a_silent_drop(self):
        home = {**os.environ, "XDG_DATA_HOME": str(self.folder / "data")}
        library = self.folder / "library"
        for place in ("a", "b"):
            (library / place).mkdir(parents=True)
            shutil.copy(LORA, library / place / "watercolour.safetensors")
        shutil.copy(LORA, library / "a/ink-sketch.safetensors")
        self.refused("none.safetensors", "does not exist", "-p", "a fox", "-l", "none.safetensors")
        self.refused("<lora:none>", "data/lorikeet/adapters\" does not exist", "-p", "a fox <lora:none:1>", env=home)
        self.refused("<lora:none>", "no adapter of that name", "-p", "a fox <lora:none:1>", "--lora-dir", library)
        self.refused("<lora:ink-sketches>", 'nearest name: "ink-sketch"', "-p", "a <lora:ink-sketches:1>", "--lora-dir",
                     library)
        self.refused("name one of", "a/watercolour, b/watercolour", "-p", "a <lora:watercolour:1>", "--lora-dir", library)
        self.refused("weight", "ink-sketch", "-p", "a <lora:ink-sketch:11>", "--lora-dir", library)
        shown = run("prompt", "a fox <lora:ink-sketches:1>", "--lora-dir", library)
        self.assertEqual(shown.returncode, 1)
        self.assertIn("column 7", shown.stdout)
        self.assertIn("ink-sketch", shown.stdout)

    def test_several_folders_and_what_an_adapter_was_made_as(self):
        for place in ("a", "b"):
            (self.folder / place).mkdir()
        shutil.copy(LOCON, self.folder / "a/locon.safetensors")
        set_metadata(LORA, self.folder / "b/download-123.safetensors", {"ss_output_name": "watercolour"})
        folders = ("--lora-dir", "a", "--lora-dir", "b")
        expected = self.latents("a fox", "-l", LORA, "-l", LOCON)
        self.assertEqual(self.latents("a fox<lora:locon:1><lora:download-123:1>", *folders), expected)
        self.assertEqual(self.latents("a fox<lora:locon:1><lora:watercolour:1>", *folders), expected)
        set_metadata(LORA, self.folder / "a/again.safetensors", {"ss_output_name": "watercolour"})
        self.refused("<lora:watercolour>", "name one of again, download-123", "-p", "a <lora:watercolour:1>", *folders)

    def test_tags_that_are_not_used_are_told(self):
        self.refused("<hypernet:anime>", "no hypernetworks", "-p", "a fox <hypernet:anime:1>")
        plain = self.latents("a fox", "-n", "dark")
        tags = ("-n", "dark<lora:ink:1>")
        self.assertEqual(self.latents("a<what:1> fox", *tags), plain)
        result = run("generate", *SMALL, "-p", "a<what:1> fox", *tags, "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        warnings = json.loads(result.stdout)["warnings"]
        self.assertEqual(len(warnings), 2)
        for warning, words in zip(warnings, ("in the prompt, line 1, column 2", "in the negative prompt, line 1, column 5")):
            self.assertIn(words, warning)
            self.assertIn(warning, result.stderr)
        choices = run("generate", *SMALL, "-p", "a fox", "-n", "{<lora:ink:1>|<lora:ink:0.5>}", cwd=self.folder)
        self.assertIn("warning in the negative prompt", choices.stderr)
        (self.folder / "jobs.jsonl").write_text('{"prompt": "a fox", "negative_prompt": "<lora:ink:1>", "steps": 1}\n'
                                                '{"prompt": "a <hypernet:x:1>", "steps": 1}\n')
        result = run("batch", "jobs.jsonl", "--out", "out", "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 1)
        told = json.loads(result.stdout)
        self.assertEqual([warning["line"] for warning in told["warnings"]], [1])
        self.assertEqual([problem["line"] for problem in told["problems"]], [2])

    def test_another_vae_changes_the_picture_alone(self):
        own = TINY_MODEL / "vae/diffusion_pytorch_model.safetensors"
        plain = self.latents("a fox")
        self.assertEqual(self.latents("a fox", "--vae", own), plain)
        run("generate", *SMALL[:-2], "-p", "a fox", "-o", "own.png", cwd=self.folder)
        result = run("generate", *SMALL[:-2], "-p", "a fox", "--vae", own.parent, "-o", "same.png", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(read_png(self.folder / "same.png")[1]["parameters"].count("VAE: vae"), 1)
        self.refused("no VAE", "encoder.conv_in.weight", "-p", "a fox", "--vae", LORA)
        self.refused("The VAE", "does not exist", "-p", "a fox", "--vae", "none.safetensors")

    def test_check_tells_whether_adapters_fit(self):
        check = lambda *arguments: run("lora", "check", *arguments, "-m", TINY_MODEL, cwd=self.folder)
        result = check(LORA)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("fits, 630 of 630 tensors matched", result.stdout)
        partly = self.folder / "partly.safetensors"
        add_tensor(LORA, partly, "lora_unet_no_such_layer.lora_down.weight")
        result = check(partly)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("fits in part, 630 of 631 tensors", result.stdout)
        self.assertIn("warning: 1 of 631 tensors", result.stdout)
        self.assertIn("unmatched: lora_unet_no_such_layer.lora_down.weight", result.stdout)
        (self.folder / "broken.safetensors").write_bytes(LORA.read_bytes()[:999])
        result = check(LORA, "broken.safetensors", f"{TWO}#third", "--json")
        self.assertEqual(result.returncode, 1)
        good, broken, third = json.loads(result.stdout)
        self.assertEqual((good["fits"], good["matched_tensors"], good["unmatched_keys"]), (True, 630, []))
        self.assertFalse(broken["fits"])
        self.assertIn("broken.safetensors", broken["error"]["message"])
        self.assertIn("default, second", third["error"]["message"])
        self.assertEqual(run("lora", "check", LORA, "-m", "none").returncode, 1)
        self.assertEqual(run("lora").returncode, 2)

    @unittest.skipUnless((SHARED / "lora").is_dir(), "needs the shared test data")
    def test_check_refuses_another_family_with_the_reason(self):
        result = run("lora", "check", SHARED / "lora/diffusers_sd2_bf16.safetensors", "-m", TINY_MODEL, cwd=self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("refused", result.stdout)

    def test_inspect_reports_and_compares(self):
        report = json.loads(run("inspect", LORA, "--json").stdout)[0]
        self.assertEqual((report["kind"], report["formats"], report["modules"]), ("adapter", ["LoRA"], 210))
        self.assertNotIn("matched_tensors", report)
        report = json.loads(run("inspect", LORA, "-m", TINY_MODEL, "--json").stdout)[0]
        self.assertEqual((report["matched_tensors"], report["tensors"], report["unmatched_keys"]), (630, 630, []))
        self.assertIn("630 of 630 tensors", run("inspect", LORA, "-m", TINY_MODEL).stdout)


if __name__ == "__main__":
    unittest.main()
