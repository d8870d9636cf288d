#!/usr/bin/env python3
"""lorikeet-cli lora convert, compare, merge ...: files in, files out."""
import hashlib
import json
import shutil
import signal
import struct
import tempfile
import time
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, limit_file_size, run, start

LORA = SOURCE / "tests/golden/lora/kohya_lora/adapter.safetensors"
LOCON = SOURCE / "tests/golden/lora/kohya_locon/adapter.safetensors"
LOHA = SOURCE / "tests/golden/lora/loha/adapter.safetensors"
BATCH_ELEMENTS = 24_000_000  # after so many a merge notes what is on disk
JOURNAL_OF_TWO_BATCHES = 240  # bytes


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

    def killed(self, *arguments, partial, size):
        """Starts and kills the program as soon as so many bytes of its journal are on disk."""
        process = start("lora", *arguments, cwd=self.folder)
        for _ in range(2000):
            if process.poll() is not None or (partial.exists() and partial.stat().st_size > size):
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
        if self.killed("extract", "merged", "style.safetensors", *extract,
                       partial=self.folder / "style.safetensors.partial", size=4000):  # else it was faster than the signal
            self.assertFalse((self.folder / "style.safetensors").exists())
            self.assertTrue((self.folder / "style.safetensors.partial").exists())
        self.done("extract", "merged", "style.safetensors", *extract)
        self.assertEqual(self.contents("style.safetensors")[0][1], self.contents("whole.safetensors")[0][1])
        self.assertFalse((self.folder / "style.safetensors.partial").exists())

    def test_a_killed_resize_goes_on_to_the_same_bytes(self):
        resize = ("resize", LOHA, "small.safetensors", "--rank", "3", "-m", TINY_MODEL, "--threads", "1")
        self.done("resize", LOHA, "whole.safetensors", *resize[3:])
        partial = self.folder / "small.safetensors.partial"
        if self.killed(*resize, partial=partial, size=2000):
            self.assertFalse((self.folder / "small.safetensors").exists())
            self.assertTrue(partial.exists())
        self.done(*resize)
        self.assertEqual(self.contents("small.safetensors")[0][1], self.contents("whole.safetensors")[0][1])
        self.assertFalse(partial.exists())

    def model_with_ballast(self):
        """The tiny model with tensors that nobody reads but that are copied, so that a merge takes several batches."""
        folder = self.folder / "model"
        shutil.copytree(TINY_MODEL, folder)
        file = folder / "unet/diffusion_pytorch_model.safetensors"
        data = file.read_bytes()
        length, = struct.unpack("<Q", data[:8])
        header, body = json.loads(data[8:8 + length]), data[8 + length:]
        for i in range(4):
            begin = len(body) + i * BATCH_ELEMENTS
            header[f"ballast.{i}"] = {"dtype": "U8", "shape": [BATCH_ELEMENTS],
                                      "data_offsets": [begin, begin + BATCH_ELEMENTS]}
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(file, "wb") as out:
            out.write(struct.pack("<Q", len(text)) + text + body)
            out.truncate(out.tell() + 4 * BATCH_ELEMENTS)
        return folder

    def test_a_killed_merge_into_a_model_goes_on_to_the_same_bytes(self):
        merge = ("merge", "-m", self.model_with_ballast(), "-l", LOCON, "--threads", "1", "-o")
        self.done(*merge, "whole")
        partial = self.folder / "merged.partial"
        if self.killed(*merge, "merged", partial=partial, size=JOURNAL_OF_TWO_BATCHES):
            self.assertFalse((self.folder / "merged").exists())
            self.assertTrue(partial.exists())
        self.done(*merge, "merged")
        self.assertEqual(self.contents("merged"), self.contents("whole"))
        left = [path.name for path in self.folder.iterdir() if "partial" in path.name or "unfinished" in path.name]
        self.assertEqual(left, [])

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

    def test_only_the_adapter_of_an_accelerate_checkpoint(self):
        self.done("embed", TINY_MODEL, LORA, "inside")
        checkpoint = self.folder / "checkpoint-500"
        checkpoint.mkdir()
        shutil.copy(self.folder / "inside/unet/diffusion_pytorch_model.safetensors", checkpoint / "model.safetensors")
        shutil.copy(self.folder / "inside/text_encoder/model.safetensors", checkpoint / "model_1.safetensors")
        for name in ("optimizer.bin", "scheduler.bin", "random_states_0.pkl"):
            (checkpoint / name).write_bytes(b"not read")
        report = self.done("extract", "checkpoint-500", "only.safetensors", "-m", TINY_MODEL)
        self.assertEqual(report["modules"], 210)
        self.assertTrue(self.done("compare", "only.safetensors", LORA, "-m", TINY_MODEL)["equal"])
        self.assertLess((self.folder / "only.safetensors").stat().st_size,
                        (checkpoint / "model.safetensors").stat().st_size // 4)

    def test_estimates_come_first(self):
        for arguments in (("merge", "-l", LORA, "-o", "x.safetensors", "--base", TINY_MODEL),
                          ("merge", "-l", LORA, "-o", "x", "-m", TINY_MODEL),
                          ("resize", LORA, "x.safetensors", "--rank", "2", "-m", TINY_MODEL),
                          ("convert", LORA, "x", "--to", "peft", "-m", TINY_MODEL)):
            report = self.done(*arguments, "--estimate")
            self.assertEqual((report["status"], report["modules"]), ("estimate", 210))
            self.assertTrue(50e6 < report["memory_bytes"] < report["available_bytes"], report)
        self.assertEqual(list(self.folder.iterdir()), [])

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
