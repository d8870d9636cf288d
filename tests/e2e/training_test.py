#!/usr/bin/env python3
"""lorikeet-cli lora train: pictures in, an adapter out; stopped, killed and resumed."""
import hashlib
import json
import re
import shutil
import signal
import struct
import tempfile
import time
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, limit_file_size, run, start

INPUTS = SOURCE / "tests/golden/inputs"
STEPS = 12


def tensors_of(path):
    """Hash of all tensors of a safetensors file, without its metadata."""
    data = Path(path).read_bytes()
    length, = struct.unpack("<Q", data[:8])
    names = sorted(key for key in json.loads(data[8:8 + length]) if key != "__metadata__")
    return hashlib.sha256(repr(names).encode() + data[8 + length:]).hexdigest()


class TrainingTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        (self.folder / "data").mkdir()
        for name in ("photo", "canny"):
            shutil.copy(INPUTS / f"{name}.png", self.folder / "data")
            (self.folder / f"data/{name}.txt").write_text(f"a {name}")

    def arguments(self, output, *more):
        return ("lora", "train", "data", output, "-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", STEPS,
                "--rank", 2, "--flip", "--random-crop", "--type", "f32", "--threads", 2, *more)

    def train(self, output, *more, **options):
        return run(*self.arguments(output, *more), cwd=self.folder, **options)

    def refused(self, reason, *arguments, **options):
        result = self.train("refused.safetensors", *arguments, **options)
        self.assertEqual(result.returncode, 1, result.stderr)
        said = [line for line in result.stderr.splitlines() if line.startswith("lorikeet-cli: ")]
        self.assertEqual(len(said), 1, result.stderr)
        self.assertIn(reason, said[0])
        self.assertFalse((self.folder / "refused.safetensors").exists())

    def wait_for_state(self, process, name):
        for _ in range(600):
            if (self.folder / name).exists():
                return
            self.assertIsNone(process.poll(), "ended before its state was saved")
            time.sleep(0.05)
        self.fail("no state was saved")

    def test_an_adapter_is_learned_and_works(self):
        result = self.train("style.safetensors", "--json", "--sample", "a photo", "--sample-every", 6, "--sample-steps", 2)
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual((report["status"], report["steps"], len(report["losses"])), ("done", STEPS, STEPS))
        self.assertEqual(sorted(path.name for path in (self.folder / "style-samples").iterdir()),
                         ["step-000000-1.png", "step-000006-1.png", "step-000012-1.png"])
        check = run("lora", "check", "style.safetensors", "-m", TINY_MODEL, "--json", cwd=self.folder)
        self.assertEqual(check.returncode, 0, check.stderr)
        pictures = []
        for adapter in ([], ["-l", "style.safetensors:4"]):
            made = run("generate", "-m", TINY_MODEL, "-p", "a photo", "--steps", 2, "-o", "a.png", "--width", 64,
                       "--height", 64, *adapter, cwd=self.folder)
            self.assertEqual(made.returncode, 0, made.stderr)
            pictures.append(hashlib.sha256((self.folder / "a.png").read_bytes()).hexdigest())
        self.assertNotEqual(*pictures)

    def test_a_word_is_learned(self):
        (self.folder / "data/photo.txt").write_text("a picture of <thing>")
        result = self.train("thing.safetensors", "--inversion", "<thing>", "--init", "photo")
        self.assertEqual(result.returncode, 0, result.stderr)
        made = run("generate", "-m", TINY_MODEL, "-p", "<thing>", "--embedding", "thing.safetensors", "--steps", 2,
                   "--width", 64, "--height", 64, "-o", "a.png", cwd=self.folder)
        self.assertEqual(made.returncode, 0, made.stderr)

    def test_killed_and_interrupted_runs_go_on_to_the_same_bits(self):
        self.assertEqual(self.train("whole.safetensors").returncode, 0)
        process = start(*self.arguments("parts.safetensors", "--save-every", 1), cwd=self.folder)
        self.wait_for_state(process, "parts.training")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.assertFalse((self.folder / "parts.safetensors").exists())

        process = start(*self.arguments("parts.safetensors", "--resume"), cwd=self.folder)
        for line in process.stderr:
            if line.startswith("step"):
                break
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        if process.returncode != 0:  # else it was faster than the signal
            self.assertEqual(process.returncode, 130, said)
            self.assertRegex(said, r"lorikeet-cli: stopped at step \d+; --resume goes on with parts.training")
            self.assertEqual(self.train("parts.safetensors", "--resume").returncode, 0)
        self.assertEqual(tensors_of(self.folder / "parts.safetensors"), tensors_of(self.folder / "whole.safetensors"))
        self.assertEqual([path.name for path in self.folder.iterdir() if path.suffix == ".training"], [])

    def test_a_full_disk_leaves_the_earlier_state(self):
        process = start(*self.arguments("refused.safetensors", "--save-every", 1), cwd=self.folder)
        self.wait_for_state(process, "refused.training")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        state = self.folder / "refused.training"
        before = hashlib.sha256(state.read_bytes()).hexdigest()
        limit = state.stat().st_size * 9 // 10
        self.refused("refused.training", "--resume", "--save-every", 1, preexec_fn=limit_file_size(limit))
        self.assertEqual(hashlib.sha256(state.read_bytes()).hexdigest(), before)
        self.assertEqual(self.train("refused.safetensors", "--resume").returncode, 0)

    def test_the_estimate_comes_first(self):
        result = self.train("style.safetensors", "--estimate", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        estimate = json.loads(result.stdout)
        self.assertEqual((estimate["pictures"], estimate["steps"], estimate["modules"]), (2, STEPS, 192))
        self.assertGreater(estimate["memory_bytes"], 0)
        self.assertFalse((self.folder / "style.safetensors").exists())
        self.refused("GB of memory", "--memory", "0.1", "--batch", "64")

    def test_bad_data_is_refused_in_one_sentence(self):
        (self.folder / "data/lonely.txt").write_text("a caption")
        self.refused("lonely.txt\" has no picture")
        (self.folder / "data/lonely.txt").unlink()
        (self.folder / "data/photo.txt").unlink()
        self.refused("photo.png\" has no caption")
        self.assertEqual(self.train("a.safetensors", "--caption", "a photo").returncode, 0)
        (self.folder / "data/photo.png").write_bytes(b"nothing")
        self.refused("photo.png")
        shutil.rmtree(self.folder / "data")
        (self.folder / "data").mkdir()
        self.refused("holds no pictures")

    def test_unsuitable_settings(self):
        self.refused("learning rate", "--rate", "-1")
        self.assertEqual(self.train("a.safetensors", "--rate-schedule", "cosin").returncode, 2)
        self.assertEqual(self.train("a.safetensors", "--vectors", "2").returncode, 2)
        result = self.train("a.bin")
        self.assertEqual(result.returncode, 1)
        self.assertTrue(re.search(r"should end in \.safetensors", result.stderr))


if __name__ == "__main__":
    unittest.main()
