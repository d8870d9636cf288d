#!/usr/bin/env python3
"""lorikeet-cli generate, from prompt to files."""
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from cli_program import (PROGRAM, SOURCE, TINY_MODEL, limit_file_size, read_pixels, read_png, read_safetensors, run,
                         start)

SMALL = ("-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", 2)
GOLDEN = SOURCE / "tests/golden/pipelines"


class GenerateTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def generate(self, *arguments, **options):
        return run("generate", *arguments, cwd=self.folder, **options)

    def assert_done(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)

    def names(self):
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())


class PictureTest(GenerateTest):
    def test_starter_model_in_its_own_size_with_settings(self):
        result = self.generate("-p", "a red apple, flat style", "--steps", 4)
        self.assert_done(result)
        self.assertEqual(result.stdout, "lorikeet-42.png\n")
        size, text = read_png(self.folder / "lorikeet-42.png")
        self.assertEqual(size, (128, 128))
        self.assertTrue(text["parameters"].startswith("a red apple, flat style\nSteps: 4, Sampler: DPM++ 2M"), text)
        self.assertIn("Seed: 42, Size: 128x128", text["parameters"])

    def test_prompts_times_pictures_use_seed_plus_index(self):
        self.assert_done(self.generate(*SMALL, "-p", "a fox", "-p", "an owl", "--num", 2, "-s", 7))
        self.assertEqual(self.names(), ["lorikeet-1-7.png", "lorikeet-1-8.png", "lorikeet-2-7.png", "lorikeet-2-8.png"])
        self.assert_done(self.generate(*SMALL, "-p", "an owl", "-s", 8, "-o", "single.png"))
        together = (self.folder / "lorikeet-2-8.png").read_bytes()
        self.assertEqual((self.folder / "single.png").read_bytes(), together)
        self.assertNotEqual((self.folder / "lorikeet-2-7.png").read_bytes(), together)

    def test_same_bytes_whatever_threads_and_preview(self):
        self.assert_done(self.generate(*SMALL, "-p", "a fox", "--threads", 1, "-o", "one.png"))
        self.assert_done(self.generate(*SMALL, "-p", "a fox", "--threads", 3, "--preview", "steps", "-o", "three.png"))
        self.assertEqual((self.folder / "one.png").read_bytes(), (self.folder / "three.png").read_bytes())
        self.assertEqual(len(list((self.folder / "steps").iterdir())), 2)
        for preview in (self.folder / "steps").iterdir():
            read_png(preview)

    def test_arithmetic_that_the_processor_lacks_is_replaced_and_said(self):
        without = {**os.environ, "LORIKEET_VNNI": "0"}
        said = self.generate(*SMALL, "-p", "a fox", "--arithmetic", "int8", "--json", "-o", "8.png", env=without)
        self.assert_done(said)
        self.assertEqual(json.loads(said.stdout)["warnings"],
                         ["this processor is not fast at int8 arithmetic: int16 is used"])
        self.assert_done(self.generate(*SMALL, "-p", "a fox", "--arithmetic", "int16", "-o", "16.png", env=without))
        self.assertEqual(read_pixels(self.folder / "8.png"), read_pixels(self.folder / "16.png"))

    def test_existing_pictures_are_kept_unless_named(self):
        (self.folder / "lorikeet-42.png").write_text("mine")
        self.assert_done(self.generate(*SMALL, "-p", "a fox"))
        self.assertEqual((self.folder / "lorikeet-42.png").read_text(), "mine")
        read_png(self.folder / "lorikeet-42-2.png")
        (self.folder / "named.png").write_text("old")
        self.assert_done(self.generate(*SMALL, "-p", "a fox", "-o", "named.png"))
        read_png(self.folder / "named.png")

    def test_patterns(self):
        self.assert_done(self.generate(*SMALL, "-p", "a", "-p", "b", "-o", "new/{prompt}-{seed}"))
        self.assertEqual(self.names(), ["1-42.png", "2-42.png"])
        refused = self.generate(*SMALL, "-p", "a", "-p", "b", "-o", "{seed}.png")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("several pictures one name", refused.stderr)

    def test_the_picture_holds_the_request(self):
        self.assert_done(self.generate(*SMALL, "-p", "a fox,\nin the snow", "-n", "blurry", "-s", 9, "-o", "a.png"))
        result = run("inspect", "--json", self.folder / "a.png")
        self.assertEqual(result.returncode, 0, result.stderr)
        picture, = json.loads(result.stdout)
        self.assertEqual((picture["program"], picture["prompt"], picture["negative_prompt"], picture["seed"]),
                         ("Lorikeet", "a fox,\nin the snow", "blurry", 9))
        self.assertEqual((picture["width"], picture["height"], picture["steps"]), (64, 64, 2))

    def test_latents_agree_with_diffusers(self):
        call = json.loads((GOLDEN / "txt2img_euler.json").read_text())["call"]
        self.assert_done(self.generate(
            "-m", TINY_MODEL, "-p", call["prompt"], "-n", call["negative_prompt"], "--steps", call["num_inference_steps"],
            "--width", call["width"], "--height", call["height"], "-g", call["guidance_scale"], "--sampler", "Euler",
            "--latents", "l.safetensors"))
        ours = read_safetensors(self.folder / "l.safetensors")
        theirs = read_safetensors(GOLDEN / "txt2img_euler.safetensors")
        names = [name for name in theirs if name.startswith("latents.")]
        self.assertEqual(len(names), 8)
        self.assertEqual(sorted(ours), sorted(names))
        ours_size, theirs_size = (read_png(path)[0] for path in (self.folder / "lorikeet-42.png", GOLDEN / "txt2img_euler.png"))
        self.assertEqual(ours_size, theirs_size)
        for name in names:
            self.assertEqual(ours[name][0], theirs[name][0])
            largest = max(abs(value) for value in theirs[name][1])
            difference = max(abs(a - b) for a, b in zip(ours[name][1], theirs[name][1]))
            self.assertLessEqual(difference, 2e-4 * largest, name)

    def test_json_is_all_that_stdout_carries(self):
        result = self.generate(*SMALL, "-p", "a fox", "--num", 2, "--json", "--timings")
        self.assert_done(result)
        report = json.loads(result.stdout)
        self.assertEqual(report["status"], "done")
        self.assertEqual([picture["seed"] for picture in report["pictures"]], [42, 43])
        for picture in report["pictures"]:
            self.assertEqual(read_png(self.folder / picture["file"])[0], (picture["width"], picture["height"]))
        self.assertEqual(report["prompt_tokens"], [2])
        self.assertGreater(report["elapsed_ms"], 0)
        self.assertGreater(report["peak_memory_bytes"], 1 << 20)
        self.assertTrue({"text", "denoise", "decode"} <= {timing["name"] for timing in report["timings"]})


class StopTest(GenerateTest):
    def test_control_c_stops_and_leaves_nothing_half_written(self):
        program = start("generate", *SMALL, "--steps", 1000, "-p", "a fox", "--json", "--latents", "l.safetensors",
                        cwd=self.folder)
        while not program.stderr.readline().strip().startswith("step "):
            self.assertIsNone(program.poll())
        program.send_signal(signal.SIGINT)
        output, _ = program.communicate(timeout=20)
        self.assertEqual(program.returncode, 130)
        self.assertEqual(json.loads(output)["status"], "stopped")
        self.assertEqual(self.names(), [])

    def test_finished_pictures_are_kept(self):
        program = start("generate", *SMALL, "--num", 500, "-p", "a fox", cwd=self.folder)
        first = program.stdout.readline().strip()
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=20)
        self.assertEqual(program.returncode, 130)
        self.assertIn(first, self.names())
        for name in self.names():
            read_png(self.folder / name)


class FullDiskTest(GenerateTest):
    def assert_nothing_written(self, *arguments, limit):
        result = self.generate(*SMALL, "-p", "a fox", *arguments, preexec_fn=limit_file_size(limit))
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stderr.splitlines()[-1], "^lorikeet-cli: .*(too large|disk|space|written)")
        return self.names()

    def test_a_picture_that_does_not_fit_is_not_there(self):
        self.assertEqual(self.assert_nothing_written(limit=512), [])

    def test_latents_that_do_not_fit_are_not_there(self):
        names = self.assert_nothing_written("--width", 128, "--height", 128, "--steps", 30, "-o", "a.png", "--latents",
                                            "l.safetensors", limit=60000)
        self.assertNotIn("l.safetensors", names)

    def test_an_earlier_file_survives(self):
        (self.folder / "a.png").write_text("mine")
        self.assertEqual(self.assert_nothing_written("-o", "a.png", limit=512), ["a.png"])
        self.assertEqual((self.folder / "a.png").read_text(), "mine")

    def test_stdout_on_a_full_disk(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run([PROGRAM, "manpage"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not be written", result.stderr)


if __name__ == "__main__":
    unittest.main()
