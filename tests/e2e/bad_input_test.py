#!/usr/bin/env python3
"""What lorikeet-cli answers to wrong usage and bad files: one clear line, the right exit code, nothing written."""
import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path

from cli_program import TINY_MODEL, run

FAILED, WRONG_USAGE = 1, 2


class BadInputTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def assert_refused(self, code, fragment, *arguments, env=None):
        result = run(*arguments, cwd=self.folder, timeout=60, env=env)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        lines = [line for line in result.stderr.splitlines() if line != "loading the model"]
        self.assertEqual(len(lines), 1, result.stderr)
        self.assertTrue(lines[0].startswith("lorikeet-cli: "), lines[0])
        self.assertIn(fragment.lower(), lines[0].lower())
        self.assertEqual([path.name for path in self.folder.rglob("*.png")], [])

    def refuse_generate(self, code, fragment, *arguments):
        self.assert_refused(code, fragment, "generate", "-p", "a fox", *arguments)

    def copy_model(self):
        return Path(shutil.copytree(TINY_MODEL, self.folder / "model"))

    def test_wrong_usage(self):
        self.assert_refused(WRONG_USAGE, "subcommand is required")
        self.assert_refused(WRONG_USAGE, "no command \"paint\"", "paint")
        self.assert_refused(WRONG_USAGE, "--prompt or --prompt-file is required", "generate")
        self.refuse_generate(WRONG_USAGE, "--wat", "--wat")
        self.refuse_generate(WRONG_USAGE, "--steps = many", "--steps", "many")
        self.refuse_generate(WRONG_USAGE, "choose one of: dpmpp_2m", "--sampler", "best")
        self.refuse_generate(WRONG_USAGE, "karras", "--schedule", "steep")
        self.refuse_generate(WRONG_USAGE, "whole number", "-s", "-1")
        self.refuse_generate(WRONG_USAGE, "whole number", "-s", "18446744073709551616")
        self.refuse_generate(WRONG_USAGE, "--threads", "--threads", "0")
        self.assert_refused(WRONG_USAGE, "tcsh", "completion", "tcsh")

    def test_what_does_not_fit_into_memory_is_refused_before_loading(self):
        for limit, answer in [(900_000_000, " would need 0."), (1_000_000, "0.0 GB are free.")]:
            self.assert_refused(
                FAILED, answer, "generate", "-p", "a fox", "--width", "2048", "--height", "2048", "--vae-tiling", "never",
                env={**os.environ, "LORIKEET_MEMORY_LIMIT": str(limit)})

    def test_settings_out_of_range(self):
        for setting, values in {"width": [0, -8, 100, 100000], "height": [0, 7, 100000], "steps": [0, -1, 100000],
                                "num": [0, -3], "clip-skip": [0, 1000], "eta": [-1, 2, "nan"],
                                "guidance": ["nan", "inf"]}.items():
            for value in values:
                with self.subTest(setting=setting, value=value):
                    self.refuse_generate(FAILED, setting.split("-")[0], f"--{setting}={value}")

    def test_output(self):
        self.refuse_generate(FAILED, "should end in .png", "-o", "a.gif")
        self.refuse_generate(FAILED, "/proc/none", "-o", "/proc/none/")
        (self.folder / "file").write_text("")
        self.refuse_generate(FAILED, "file", "-o", "file/a.png")
        self.refuse_generate(FAILED, "file", "--preview", "file")
        self.refuse_generate(FAILED, "file", "--latents", "file/l.safetensors")

    def test_missing_and_foreign_models(self):
        self.refuse_generate(FAILED, "nowhere", "-m", "nowhere")
        (self.folder / "notes.safetensors").write_text("not a model")
        self.refuse_generate(FAILED, "notes.safetensors", "-m", "notes.safetensors")
        (self.folder / "empty").mkdir()
        self.refuse_generate(FAILED, "empty", "-m", "empty")
        self.assert_refused(FAILED, "nowhere", "inspect", "nowhere")
        self.assert_refused(FAILED, "notes.safetensors", "inspect", "notes.safetensors")

    def test_truncated_weights(self):
        weights = self.copy_model() / "unet/diffusion_pytorch_model.safetensors"
        data = weights.read_bytes()
        for keep in (len(data) - 2, len(data) // 2, 100, 4, 0):
            with self.subTest(keep=keep):
                weights.write_bytes(data[:keep])
                self.refuse_generate(FAILED, "diffusion_pytorch_model.safetensors", "-m", "model")

    def test_missing_part(self):
        shutil.rmtree(self.copy_model() / "vae")
        self.refuse_generate(FAILED, "vae", "-m", "model")

    def test_config_that_contradicts_the_tensors(self):
        file = self.copy_model() / "unet/config.json"
        config = json.loads(file.read_text())
        config["block_out_channels"] = [channels * 2 for channels in config["block_out_channels"]]
        file.write_text(json.dumps(config))
        self.refuse_generate(FAILED, "expected", "-m", "model")
        file.write_text("{")
        self.refuse_generate(FAILED, "config.json", "-m", "model")

    def test_json_errors(self):
        result = run("generate", "-p", "x", "--steps", 0, "--json", cwd=self.folder)
        self.assertEqual(result.returncode, FAILED)
        report = json.loads(result.stdout)
        self.assertEqual(report["status"], "error")
        self.assertEqual(report["error"]["kind"], "invalid argument")
        self.assertIn("steps", report["error"]["message"].lower())


if __name__ == "__main__":
    unittest.main()
