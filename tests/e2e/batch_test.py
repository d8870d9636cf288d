#!/usr/bin/env python3
"""lorikeet-cli batch: a file of requests becomes a folder of pictures."""
import json
import shutil
import signal
import tempfile
import time
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, limit_file_size, read_png, run, start

SMALL = {"model": str(TINY_MODEL), "width": 64, "height": 64, "steps": 2}
PICTURE = SOURCE / "tests/golden/inputs/photo.png"
CONTROLNET = SOURCE / "tests/golden/tiny-controlnet"


def job(**fields):
    return json.dumps(SMALL | fields)


class CliTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def pictures(self, out="out"):
        return {path.name: path.read_bytes() for path in (self.folder / out).glob("*.png")}


class BatchTest(CliTest):
    def write_jobs(self, *lines, name="jobs.jsonl"):
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def batch(self, *arguments, out="out", **options):
        return run("batch", "jobs.jsonl", "--out", out, *arguments, cwd=self.folder, **options)

    def test_prompts_times_pictures_equal_single_runs(self):
        self.write_jobs(job(prompt="a fox", seed=42, num=2), "", job(prompt="an owl", seed="42", num=2))
        result = self.batch()
        self.assertEqual(result.returncode, 0, result.stderr)
        made = self.pictures()
        self.assertEqual([name.rsplit("-", 1)[0] for name in sorted(made)], ["0001-42", "0001-43", "0003-42", "0003-43"])
        self.assertEqual(len(result.stdout.splitlines()), 4)
        for name, picture in made.items():
            line, seed, _ = name.split("-")
            prompt = {"0001": "a fox", "0003": "an owl"}[line]
            single = run("generate", "-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", 2, "-p", prompt, "-s",
                         seed, "-o", "single.png", cwd=self.folder)
            self.assertEqual(single.returncode, 0, single.stderr)
            self.assertEqual((self.folder / "single.png").read_bytes(), picture, name)

    def test_every_setting_reaches_the_engine(self):
        mask = SOURCE / "tests/golden/inputs/mask.png"
        control = {"type": "canny", "picture": str(PICTURE), "model": str(CONTROLNET), "scale": 0.5, "end": 0.5}
        self.write_jobs(
            job(prompt="a fox", init=str(PICTURE), strength=0.5, mask=str(mask), mask_options={"blur": 2},
                controls=[control], sampler="Euler a", schedule="karras", negative_prompt="fog", clip_skip=2))
        result = self.batch()
        self.assertEqual(result.returncode, 0, result.stderr)
        picture, = self.pictures().values()
        single = run("generate", "-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", 2, "-p", "a fox", "-n",
                     "fog", "--init", PICTURE, "--strength", 0.5, "--mask", mask, "--mask-blur", 2, "--control",
                     f"canny:{PICTURE}:0.5:0-0.5", "--control-model", CONTROLNET, "--sampler", "euler_a", "--schedule",
                     "karras", "--clip-skip", 2, "-o", "single.png", cwd=self.folder)
        self.assertEqual(single.returncode, 0, single.stderr)
        self.assertEqual((self.folder / "single.png").read_bytes(), picture)

    def test_bad_lines_are_reported_and_the_rest_goes_on(self):
        self.write_jobs(
            "{\"prompt\": ", job(prompt="a fox"), job(prompt="x", steps=0), job(prompt="x", model="nowhere"),
            job(prompt="x", sample="euler"), job(prompt="an owl", adapters=[{"file": "none.safetensors"}]), "7",
            job(prompt="\ud800"), "[" * 100000, job(prompt="last"))
        result = self.batch("--json")
        self.assertEqual(result.returncode, 1)
        report = json.loads(result.stdout)
        self.assertEqual([entry["line"] for entry in report["pictures"]], [2, 10])
        self.assertEqual(sorted(entry["line"] for entry in report["problems"]), [1, 3, 4, 5, 6, 7, 8, 9])
        for expected in ("line 1: ", "line 3: The number of steps", "line 4: ", "line 5: There is no field \"sample\"",
                         "line 6: ", "line 7: The request is no JSON object", "line 9: The request is nested"):
            self.assertIn("jobs.jsonl, " + expected, result.stderr)
        self.assertEqual(len(self.pictures()), 2)

    def test_shards_share_the_work(self):
        self.write_jobs(*(job(prompt=f"fox {i}") for i in range(5)))
        self.assertEqual(self.batch(out="all").returncode, 0)
        for shard in ("1/2", "2/2"):
            self.assertEqual(self.batch("--shard", shard).returncode, 0)
        self.assertEqual(self.pictures(), self.pictures("all"))
        for bad in ("0/2", "3/2", "2", "a/b", "1/2/3"):
            self.assertEqual(self.batch("--shard", bad).returncode, 2, bad)

    def test_a_resumed_variation_is_the_one_that_was_missing(self):
        self.write_jobs(job(prompt="a fox", seed=42, num=3, variation={"seed": 7, "strength": 0.3}))
        self.assertEqual(self.batch().returncode, 0)
        made = self.pictures()
        self.assertEqual(len(set(made.values())), 3)
        last = sorted(made)[-1]
        (self.folder / "out" / last).unlink()
        self.assertEqual(self.batch("--resume").returncode, 0)
        self.assertEqual(self.pictures()[last], made[last])  # bytes alone: a difference of all takes minutes

    def test_resume_makes_only_what_is_missing(self):
        self.write_jobs(job(prompt="a fox", num=3), job(prompt="an owl"))
        self.assertEqual(self.batch().returncode, 0)
        before = self.pictures()
        middle = next(name for name in before if name.startswith("0001-43"))
        (self.folder / "out" / middle).unlink()
        report = json.loads(self.batch("--resume", "--json").stdout)
        self.assertEqual((len(report["pictures"]), report["skipped"]), (1, 3))
        self.assertEqual(self.pictures(), before)
        # Other settings on the same line are another picture.
        self.write_jobs(job(prompt="a fox", num=3, steps=3), job(prompt="an owl"))
        report = json.loads(self.batch("--resume", "--json").stdout)
        self.assertEqual((len(report["pictures"]), report["skipped"]), (3, 1))

    def test_a_killed_run_goes_on_where_it_was(self):
        self.write_jobs(*(job(prompt=f"fox {i}", steps=8, num=2) for i in range(6)))
        self.assertEqual(self.batch(out="whole").returncode, 0)
        whole = self.pictures("whole")
        out = self.folder / "out"
        for wanted in (2, 6):
            process = start("batch", "jobs.jsonl", "--out", "out", "--resume", cwd=self.folder)
            deadline = time.monotonic() + 60
            while len(list(out.glob("*.png"))) < wanted and time.monotonic() < deadline:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            for picture in out.glob("*.png"):
                read_png(picture)
        result = self.batch("--resume", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreaterEqual(json.loads(result.stdout)["skipped"], 6)
        self.assertEqual(self.pictures(), whole)

    def test_stop_keeps_finished_pictures(self):
        self.write_jobs(*(job(prompt=f"fox {i}", steps=200) for i in range(20)))
        process = start("batch", "jobs.jsonl", "--out", "out", cwd=self.folder)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertIn("lorikeet-cli: stopped; pictures made: ", errors)

    def test_a_full_disk_ends_the_run_with_one_sentence(self):
        self.write_jobs(*(job(prompt=f"fox {i}") for i in range(3)))
        result = self.batch(preexec_fn=limit_file_size(2000))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("Cannot write"), 1, result.stderr)
        self.assertEqual(self.pictures(), {})

    def test_files_that_are_no_batches(self):
        self.assertEqual(self.batch().returncode, 1)
        self.assertIn("There is no file \"jobs.jsonl\"", self.batch().stderr)
        (self.folder / "jobs.jsonl").mkdir()
        self.assertIn("cannot be read", self.batch().stderr)
        shutil.rmtree(self.folder / "jobs.jsonl")
        self.write_jobs("")
        self.assertEqual(self.batch().returncode, 0)


class PromptFileTest(CliTest):
    def test_each_line_is_a_prompt(self):
        (self.folder / "prompts.txt").write_text("\ufeffa fox\r\n\n# not this one\nan owl")
        small = ("-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", 2)
        result = run("generate", *small, "--prompt-file", "prompts.txt", "--num", 2, "-o", "out/", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        together = self.pictures()
        result = run("generate", *small, "-p", "a fox", "-p", "an owl", "--num", 2, "-o", "two/", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(together, self.pictures("two"))
        self.assertEqual(len(together), 4)

    def test_empty_and_missing_files(self):
        (self.folder / "prompts.txt").write_text("\n# nothing\n")
        for name, expected in (("prompts.txt", "has no prompt"), ("none.txt", "There is no file")):
            result = run("generate", "--prompt-file", name, cwd=self.folder)
            self.assertEqual(result.returncode, 1)
            self.assertIn(expected, result.stderr)
        self.assertEqual(run("generate", "--steps", 2, cwd=self.folder).returncode, 2)


if __name__ == "__main__":
    unittest.main()
