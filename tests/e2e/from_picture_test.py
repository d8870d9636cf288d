#!/usr/bin/env python3
"""lorikeet-cli generate --from PICTURE: the same picture again, byte for byte, or with something changed."""
import shutil
import tempfile
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, run

ADAPTER = SOURCE / "tests/golden/lora/norms/adapter.safetensors"


class FromPictureTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        (self.folder / "loras").mkdir()
        shutil.copy(ADAPTER, self.folder / "loras/norms.safetensors")

    def generate(self, *arguments):
        return run("generate", *arguments, cwd=self.folder)

    def make(self, *arguments):
        result = self.generate(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def assert_same(self, one, two):
        same = (self.folder / one).read_bytes() == (self.folder / two).read_bytes()
        self.assertTrue(same, f"{one} and {two} differ")

    def assert_same_pixels(self, one, two):
        data = [(self.folder / name).read_bytes() for name in (one, two)]
        self.assertTrue(data[0][data[0].index(b"IDAT"):] == data[1][data[1].index(b"IDAT"):], f"{one} and {two} differ")

    def test_every_kind_of_setting_makes_the_same_file_again(self):
        cases = {
            "plain": ["-p", " blanks (around:1.2) ", "-n", "blurry", "--sampler", "euler_a", "-s", 18446744073709551615],
            "varied": ["-p", "a fox", "--variation-seed", 5, "--variation-strength", 0.3, "--rng", "numpy",
                       "--spacing", "trailing", "--clip-skip", 2, "--churn", 2, "--sampler", "euler"],
            "adapted": ["-p", "a fox", "-l", f"{self.folder}/loras/norms.safetensors:0.7", "--sampler", "dpmpp_2m_sde"],
            "tagged": ["-p", "a fox <lora:norms:0.4>", "--lora-dir", "loras", "--seamless", "x"],
            "hires": ["-p", "a fox", "--hires", 2, "--hires-upscaler", "lanczos", "--hires-strength", 0.5],
            "chosen": ["-p", "a {red|green|blue} fox", "-s", 9],
        }
        for name, options in cases.items():
            with self.subTest(name):
                self.make("-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", 3, *options, "-o", f"{name}.png")
                self.make("--from", f"{name}.png", "-m", TINY_MODEL, "--lora-dir", "loras", "-o", f"{name}-again.png")
                if name in ("tagged", "chosen"):  # their settings become plainer: an adapter, the words that were chosen
                    self.assert_same_pixels(f"{name}.png", f"{name}-again.png")
                else:
                    self.assert_same(f"{name}.png", f"{name}-again.png")

    def test_image_to_image_finds_the_start_picture_beside_it(self):
        self.make("-m", TINY_MODEL, "-p", "a fox", "--width", 64, "--height", 64, "--steps", 2, "-o", "start.png")
        self.make("-m", TINY_MODEL, "-p", "an owl", "--init", "start.png", "--strength", 0.6, "--steps", 4, "-o", "one.png")
        self.make("--from", "one.png", "-m", TINY_MODEL, "-o", "two.png")
        self.assert_same("one.png", "two.png")
        (self.folder / "start.png").unlink()
        result = self.make("--from", "one.png", "-m", TINY_MODEL, "-o", "three.png")
        self.assertIn('start picture "start.png" was not found', result.stderr)

    def test_other_options_change_the_settings_wherever_they_stand(self):
        self.make("-m", TINY_MODEL, "-p", "a fox", "--width", 64, "--height", 64, "--steps", 3, "-s", 7, "-o", "seven.png")
        self.make("-m", TINY_MODEL, "-p", "a fox", "--width", 64, "--height", 64, "--steps", 3, "-s", 8, "-o", "eight.png")
        self.make("-s", 8, "-m", TINY_MODEL, "--from", "seven.png", "-o", "again.png")
        self.assert_same("eight.png", "again.png")

    def test_the_starter_model_needs_no_name_and_another_one_does(self):
        self.make("-p", "a red apple", "--steps", 2, "-o", "apple.png")
        self.make("--from", "apple.png", "-o", "again.png")
        self.assert_same("apple.png", "again.png")
        self.make("-m", TINY_MODEL, "-p", "a fox", "--width", 64, "--height", 64, "--steps", 2, "-o", "fox.png")
        result = self.generate("--from", "fox.png", "-o", "no.png")
        self.assertEqual(result.returncode, 1)
        self.assertIn("name its file with -m", result.stderr)
        self.assertFalse((self.folder / "no.png").exists())

    def test_a_picture_that_says_nothing_is_refused(self):
        self.make("-p", "a red apple", "--steps", 2, "--private", "-o", "apple.png")
        result = self.generate("--from", "apple.png", "-o", "no.png")
        self.assertEqual(result.returncode, 1)
        self.assertIn("does not say how it was made", result.stderr)


if __name__ == "__main__":
    unittest.main()
