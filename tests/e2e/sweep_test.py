#!/usr/bin/env python3
"""lorikeet-cli sweep: a grid of pictures over ranges of settings."""
import hashlib
import json
import shutil
import signal
import tempfile
import time
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, limit_file_size, read_png, run, start

SMALL = ("-m", TINY_MODEL, "--width", 64, "--height", 64, "-p", "a red fox")
LORA = SOURCE / "tests/golden/lora/kohya_lora/adapter.safetensors"


class SweepTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def sweep(self, *arguments, out="out", steps=2, **options):
        return run("sweep", *SMALL, "--steps", steps, "--out", out, *arguments, cwd=self.folder, **options)

    def digests(self, out="out"):
        """Names and hashes: a difference of whole files takes minutes to print."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (self.folder / out).glob("*.png")}

    def test_pictures_equal_single_runs(self):
        shutil.copy(LORA, self.folder / "ink.safetensors")
        result = self.sweep("-l", "ink.safetensors", "--x", "adapter:ink=0-1(+0.5)", "--y", "seed=7,9", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual((report["status"], report["skipped"], report["problems"]), ("done", 0, []))
        self.assertEqual(sorted(entry["cell"] for entry in report["pictures"]),
                         [f"ink {weight} · Seed {seed}" for weight in ("0", "0.5", "1") for seed in (7, 9)])
        for entry in report["pictures"]:
            weight, seed = entry["cell"].split()[1::3]
            single = run("generate", *SMALL, "--steps", 2, "-l", f"ink.safetensors:{weight}", "-s", seed, "-o",
                         "single.png", cwd=self.folder)
            self.assertEqual(single.returncode, 0, single.stderr)
            same = (self.folder / "single.png").read_bytes() == (self.folder / entry["file"]).read_bytes()
            self.assertTrue(same, entry["cell"])

    def test_the_grid_has_the_settings(self):
        result = self.sweep("--x", "guidance=3-7(+2)", "--y", "sampler=Euler a,DPM++ 2M Karras")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(result.stdout.splitlines()), 7)
        (width, height), text = read_png(self.folder / result.stdout.splitlines()[-1])
        self.assertGreater(width, 3 * 64)
        self.assertGreater(height, 2 * 64)
        self.assertIn("a red fox", text["parameters"])
        self.assertIn('X Type: Guidance, X Values: 3-7(+2), Y Type: Sampler, Y Values: "Euler a,DPM++ 2M Karras"',
                      text["parameters"])

    def test_work_is_shared(self):
        report = json.loads(self.sweep("--x", "guidance=3-7", "--y", "seed=1-3", "--json").stdout)
        self.assertEqual((len(report["pictures"]), report["encoded_texts"]), (15, 2))

    def test_resume_makes_only_what_is_missing(self):
        axes = ("--x", "seed=1-4")
        self.assertEqual(self.sweep(*axes).returncode, 0)
        before = self.digests()
        self.assertEqual(len(before), 5)
        (self.folder / "out" / next(name for name in before if name.startswith("001-003"))).unlink()
        report = json.loads(self.sweep(*axes, "--resume", "--json").stdout)
        self.assertEqual((len(report["pictures"]), report["skipped"]), (1, 3))
        self.assertEqual(self.digests(), before)
        # Other settings are other pictures.
        report = json.loads(self.sweep(*axes, "--resume", "--json", steps=3).stdout)
        self.assertEqual((len(report["pictures"]), report["skipped"]), (4, 0))

    def test_a_killed_run_goes_on_where_it_was(self):
        axes = ("--x", "seed=1-4", "--y", "guidance=3,7")
        self.assertEqual(self.sweep(*axes, out="whole", steps=8).returncode, 0)
        whole, out = self.digests("whole"), self.folder / "out"
        for wanted in (2, 5):
            process = start("sweep", *SMALL, "--steps", 8, "--out", "out", *axes, "--resume", cwd=self.folder)
            deadline = time.monotonic() + 60
            while len(list(out.glob("*.png"))) < wanted and time.monotonic() < deadline:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            for picture in out.glob("*.png"):
                read_png(picture)
        report = json.loads(self.sweep(*axes, "--resume", "--json", steps=8).stdout)
        self.assertGreaterEqual(report["skipped"], 5)
        self.assertEqual(self.digests(), whole)

    def test_stop_keeps_finished_pictures(self):
        process = start("sweep", *SMALL, "--steps", 200, "--out", "out", "--x", "seed=1-20", cwd=self.folder)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertIn("lorikeet-cli: stopped; pictures made: ", errors)
        self.assertGreaterEqual(len(self.digests()), 1)
        self.assertFalse(any(name.startswith("grid") for name in self.digests()))

    def test_a_picture_that_fails_leaves_the_others(self):
        result = self.sweep("--x", "sampler=DDIM,Euler", "--y", "schedule=karras,uniform", "--json")
        report = json.loads(result.stdout)
        self.assertEqual(result.returncode, 1)
        self.assertEqual([entry["cell"] for entry in report["problems"]], ["DDIM · Karras"])
        self.assertEqual(len(report["pictures"]), 3)
        self.assertTrue(report["grid"])

    def test_bad_axes_are_one_sentence(self):
        for axis, code, expected in (
                ("seed", 2, "is no axis of a sweep"), ("seed=1-4(+0)", 2, "at character 5: the step must not be 0"),
                ("guidance=0-1e9(+1e-9)", 2, "at character 4"), ("colour=1", 2, "A sweep cannot change \"colour\""),
                ("adapter:ink=0-1", 1, "but the request has none"), ("steps=0-2", 1, "Steps 0: "),
                ("prompt=cat,dog", 1, "is in none of the prompts"), ("strength=0-1", 1, "needs a picture")):
            result = self.sweep("--x", axis)
            self.assertEqual(result.returncode, code, (axis, result.stderr))
            self.assertIn(expected, result.stderr)
            self.assertEqual(len(result.stderr.strip().splitlines()[0:1]), 1)
        self.assertEqual(self.sweep().returncode, 2)
        self.assertEqual(self.sweep("--x", "seed=" + "1" * (1 << 16)).returncode, 2)
        self.assertIn("one prompt", self.sweep("--x", "seed=1-2", "-p", "an owl").stderr)

    def test_a_full_disk_ends_the_run_with_one_sentence(self):
        result = self.sweep("--x", "seed=1-3", preexec_fn=limit_file_size(2000))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("Cannot write"), 1, result.stderr)
        self.assertEqual(self.digests(), {})


if __name__ == "__main__":
    unittest.main()
