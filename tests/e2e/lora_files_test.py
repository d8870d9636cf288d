#!/usr/bin/env python3
"""lorikeet-cli lora convert, compare, merge ...: files in, files out."""
import hashlib
import json
import shutil
import signal
import tempfile
import time
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, limit_file_size, run, start

LORA = SOURCE / "tests/golden/lora/kohya_lora/adapter.safetensors"
LOCON = SOURCE / "tests/golden/lora/kohya_locon/adapter.safetensors"
LOHA = SOURCE / "tests/golden/lora/loha/adapter.safetensors"


class LoraFilesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def lora(self, *arguments, **options):
        return run("lora", *arguments, cwd=self.folder, **options)

    def done(self, *arguments):
        """Runs to the end; returns the JSON report."""
        result = self.lora(*arguments, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def refused(self, reason, *arguments, **options):
        """Expects one line on stderr that holds the reason, and no new file."""
        before = sorted(self.folder.iterdir())
        result = self.lora(*arguments, **options)
        self.assertEqual(result.returncode, 1, result.stderr)
        said = [line for line in result.stderr.splitlines() if line.startswith("lorikeet-cli: ")]
        self.assertEqual(len(said), 1, result.stderr)
        self.assertIn(reason, said[0])
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_convert_and_compare(self):
        for form, name in (("diffusers", "a.safetensors"), ("peft", "folder"), ("onnx", "a.lora")):
            report = self.done("convert", LORA, name, "--to", form, "-m", TINY_MODEL)
            self.assertEqual((report["status"], report["modules"]), ("done", 210))
            report = self.done("compare", LORA, name, "-m", TINY_MODEL)
            self.assertEqual((report["equal"], report["modules"]), (True, 210))
        text = self.lora("compare", LORA, "a.lora", "-m", TINY_MODEL).stdout
        self.assertIn("equal: the largest difference in 210 modules is 0", text)
        different = self.lora("compare", LORA, LOCON, "-m", TINY_MODEL)
        self.assertEqual(different.returncode, 1)
        self.assertIn("different: by up to ", different.stdout)
        self.assertEqual(different.stderr, "")

    def test_convert_refuses_in_one_sentence(self):
        self.refused("kind LoHa", "convert", LOHA, "b.safetensors", "--to", "diffusers", "-m", TINY_MODEL)
        self.refused("should end in .lora", "convert", LORA, "b.txt", "--to", "onnx", "-m", TINY_MODEL)
        self.refused("fits neither", "convert", LORA, "b.safetensors")
        self.refused("does not exist", "convert", "none.safetensors", "b.safetensors")
        self.assertEqual(self.lora("convert", LORA, "b.safetensors", "--to", "koya").returncode, 2)

    def test_merge_into_one_adapter_and_resize(self):
        report = self.done("merge", "-l", f"{LORA}:0.5", "-l", LOCON, "-o", "both.safetensors", "--base", TINY_MODEL)
        self.assertGreaterEqual(report["modules"], 210)
        self.assertNotIn("fits", report)
        report = self.done("resize", "both.safetensors", "small.safetensors", "--rank", "2", "-m", TINY_MODEL)
        self.assertEqual(max(fit["rank"] for fit in report["fits"]), 2)
        self.assertTrue(0 < report["relative_error"] < 1)
        text = self.lora("resize", "both.safetensors", "small.safetensors", "--energy", "0.9", "-m", TINY_MODEL).stdout
        self.assertRegex(text, r"ranks \d+ to \d+; relative error 0\.\d+ in all")
        self.refused("a rank, an energy or a ratio", "resize", "both.safetensors", "x.safetensors", "-m", TINY_MODEL)
        self.assertEqual(self.lora("merge", "-l", LORA, "-m", TINY_MODEL, "-o", "x", "--rank", "3").returncode, 2)

    def picture(self, name, *arguments):
        result = run("generate", "-p", "a fox", "--width", 64, "--height", 64, "--steps", 2, "-o", name, *arguments,
                     cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_merge_into_a_model_and_extract_again(self):
        report = self.done("merge", "-m", TINY_MODEL, "-l", f"{LORA}:0.8", "-o", "merged", "--type", "f32")
        self.assertEqual(report["modules"], 210)
        self.picture("merged.png", "-m", self.folder / "merged")
        report = self.done("extract", "merged", "again.safetensors", "--base", TINY_MODEL, "--error", "0.01")
        self.assertLess(report["relative_error"], 0.01)
        self.done("merge", "-l", f"{LORA}:0.8", "-o", "scaled.safetensors", "--base", TINY_MODEL)
        report = json.loads(self.lora("compare", "again.safetensors", "scaled.safetensors", "-m", TINY_MODEL,
                                      "--tolerance", "1e-3", "--json").stdout)
        self.assertTrue(report["equal"], report)
        self.refused("is there already", "merge", "-m", TINY_MODEL, "-l", LORA, "-o", "merged")

    def killed(self, *arguments):
        """Starts and kills the program as soon as something of its work is on disk."""
        process = start("lora", *arguments, cwd=self.folder)
        partial = next(Path(self.folder / a) for a in arguments if a in ("style.safetensors", "merged-again"))
        partial = partial.with_name(partial.name + ".partial")
        for _ in range(2000):
            if process.poll() is not None or (partial.exists() and partial.stat().st_size > 4000):
                break
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return process.returncode == -signal.SIGKILL

    def contents(self, name):
        """Hashes of a file or of all files of a folder."""
        path = self.folder / name
        files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
        return [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files]

    def test_killed_extractions_go_on_to_the_same_bytes(self):
        self.done("merge", "-m", TINY_MODEL, "-l", LOCON, "-o", "merged", "--type", "f32")
        extract = ("--base", TINY_MODEL, "--error", "0.001", "--threads", "1")
        self.done("extract", "merged", "whole.safetensors", *extract)
        if self.killed("extract", "merged", "style.safetensors", *extract):  # else it was faster than the signal
            self.assertFalse((self.folder / "style.safetensors").exists())
            self.assertTrue((self.folder / "style.safetensors.partial").exists())
        self.done("extract", "merged", "style.safetensors", *extract)
        self.assertEqual(self.contents("style.safetensors")[0][1], self.contents("whole.safetensors")[0][1])
        self.assertFalse((self.folder / "style.safetensors.partial").exists())

    def test_extracting_and_merging_onto_a_full_disk_go_on_later(self):
        self.done("merge", "-m", TINY_MODEL, "-l", LOCON, "-o", "merged", "--type", "f32")
        extract = ("extract", "merged", "style.safetensors", "--base", TINY_MODEL, "--threads", "1")
        size = (self.folder / "merged/unet/diffusion_pytorch_model.safetensors").stat().st_size
        result = self.lora(*extract, preexec_fn=limit_file_size(20_000))
        self.assertEqual(result.returncode, 1)
        self.assertIn("Cannot write", result.stderr)
        self.assertTrue((self.folder / "style.safetensors.partial").exists())
        self.done(*extract)
        merge = ("merge", "-m", TINY_MODEL, "-l", LOCON, "-o", "merged-again", "--type", "f32")
        result = self.lora(*merge, preexec_fn=limit_file_size(size * 9 // 10))
        self.assertEqual(result.returncode, 1)
        self.assertFalse((self.folder / "merged-again").exists())
        self.assertTrue((self.folder / "merged-again.partial").exists())
        self.done(*merge)
        self.assertEqual(self.contents("merged-again"), self.contents("merged"))
        left = [path.name for path in self.folder.iterdir() if "partial" in path.name or "unfinished" in path.name]
        self.assertEqual(left, [])

    def test_embed_and_take_out(self):
        self.done("embed", TINY_MODEL, LORA, "inside")
        self.done("unembed", "inside", "outside")
        file = "unet/diffusion_pytorch_model.safetensors"
        same = (self.folder / "outside" / file).read_bytes() == (TINY_MODEL / file).read_bytes()
        self.assertTrue(same)
        self.refused("holds no adapter", "unembed", "outside", "again")

    def test_layers_of_a_configuration(self):
        config = self.folder / "config.json"
        rows = {name: {"r": 8, "scale": 1, "trainable_scale": 0, "hard": 1} for name in ("to_q", "to_v")}
        config.write_text(json.dumps({"trainable_model": 0, **rows}))
        report = self.done("layers", config)
        self.assertEqual((report["parameters"], len(report["modules"])), (797184, 64))
        self.assertIn("64 modules, 797184 trainable parameters", self.lora("layers", config).stdout)
        config.write_text(json.dumps({"to_w": {"r": 8}}))
        self.refused('nearest name', "layers", config)

    def test_a_full_disk_leaves_the_older_file_alone(self):
        shutil.copy(LOCON, self.folder / "out.safetensors")
        self.refused("Cannot write", "convert", LORA, "out.safetensors", "-m", TINY_MODEL,
                     preexec_fn=limit_file_size(100_000))
        self.assertEqual((self.folder / "out.safetensors").read_bytes(), LOCON.read_bytes())
        self.refused("Cannot write", "convert", LORA, "folder", "--to", "peft", "-m", TINY_MODEL,
                     preexec_fn=limit_file_size(100_000))


if __name__ == "__main__":
    unittest.main()
