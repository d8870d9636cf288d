#!/usr/bin/env python3
"""lorikeet-cli with adapters: -l, -a, <lora:...> in prompts, inspect."""
import json
import shutil
import tempfile
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, read_safetensors, run

LORA = SOURCE / "tests/golden/lora/kohya_lora/adapter.safetensors"
SMALL = ("-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", 2, "--latents", "latents.safetensors")


class AdaptersTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def latents(self, prompt, *arguments):
        result = run("generate", *SMALL, "-p", prompt, *arguments, cwd=self.folder)
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

    def test_a_missing_adapter_is_an_error_not_a_silent_drop(self):
        for arguments in (("-l", "none.safetensors"), ("--lora-dir", self.folder), ()):
            prompt = "a fox" if "-l" in arguments else "a fox <lora:none:1>"
            result = run("generate", *SMALL, "-p", prompt, *arguments, cwd=self.folder)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn("none", result.stderr)
            self.assertEqual(result.stderr.count("lorikeet-cli: "), 1, result.stderr)

    def test_inspect_reports_and_compares(self):
        report = json.loads(run("inspect", LORA, "--json").stdout)[0]
        self.assertEqual((report["kind"], report["formats"], report["modules"]), ("adapter", ["LoRA"], 210))
        self.assertNotIn("matched_tensors", report)
        report = json.loads(run("inspect", LORA, "-m", TINY_MODEL, "--json").stdout)[0]
        self.assertEqual((report["matched_tensors"], report["tensors"], report["unmatched_keys"]), (630, 630, []))
        self.assertIn("630 of 630 tensors", run("inspect", LORA, "-m", TINY_MODEL).stdout)


if __name__ == "__main__":
    unittest.main()
