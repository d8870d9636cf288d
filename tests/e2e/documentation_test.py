#!/usr/bin/env python3
"""Help, man page, shell completion and inspect of lorikeet-cli."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from cli_program import TINY_MODEL, run

COMMANDS = ("generate", "batch", "sweep", "prompt", "annotate", "inspect", "lora check", "lora compare", "lora convert",
            "lora merge", "lora extract", "lora resize", "lora embed", "lora unembed", "lora layers", "lora train",
            "bench", "cache", "completion", "manpage")


def options_in_help(command):
    return set(re.findall(r"^\s+(?:-\w,)?(--[\w-]+)", run(*command.split(), "--help").stdout, re.MULTILINE))


class DocumentationTest(unittest.TestCase):
    def test_help(self):
        overview = run("--help")
        self.assertEqual(overview.returncode, 0)
        for command in COMMANDS:
            self.assertIn(command.split()[0], overview.stdout)
        self.assertTrue({"--prompt", "--sampler", "--latents", "--json"} <= options_in_help("generate"))

    def test_version(self):
        self.assertRegex(run("--version").stdout, r"^lorikeet-cli \d+\.\d+\.\d+\n$")

    def test_every_option_is_in_the_man_page_and_the_completions(self):
        manual = run("manpage").stdout.replace("\\-", "-")
        scripts = {shell: run("completion", shell).stdout for shell in ("bash", "zsh", "fish")}
        for command in COMMANDS:
            for option in options_in_help(command):
                self.assertIn(f"\\fB{option}\\fR", manual)
                self.assertIn(option, scripts["bash"])
                self.assertIn(option, scripts["zsh"])
                self.assertIn(f" -l {option[2:]}", scripts["fish"])

    def test_completion_scripts_parse(self):
        for shell in ("bash", "zsh", "fish"):
            if not shutil.which(shell):
                continue
            script = run("completion", shell).stdout
            check = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=False)
            self.assertEqual((check.returncode, check.stderr), (0, ""), shell)

    def complete(self, *words):
        script = run("completion", "bash").stdout + (
            'COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); compopt() { :; }; _lorikeet_cli; printf "%s\\n" "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "-c", script, "bash", "lorikeet-cli", *words], capture_output=True, text=True,
                                check=True)
        return result.stdout.split()

    def test_bash_completes(self):
        self.assertEqual(self.complete("gen"), ["generate"])
        self.assertEqual(self.complete("generate", "--schedule", "ka"), ["karras"])
        self.assertIn("--steps", self.complete("generate", "--st"))
        self.assertEqual(self.complete("completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.complete("lora", "ch"), ["check"])
        self.assertEqual(self.complete("lora", "check", "--js"), ["--json"])

    def test_cache_is_limited_and_emptied(self):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "XDG_CACHE_HOME": folder}
            kept = Path(folder, "lorikeet", "prepared")
            kept.mkdir(parents=True)
            Path(kept, "some.safetensors").write_bytes(bytes(1000))
            before = json.loads(run("cache", "--json", env=environment).stdout)
            self.assertEqual((before["folder"], before["files"], before["bytes"]), (str(kept), 1, 1000))
            limited = json.loads(run("cache", "--limit", "1.5", "--json", env=environment).stdout)
            self.assertEqual((limited["files"], limited["limit_bytes"]), (1, 1_500_000_000))
            emptied = json.loads(run("cache", "--clear", "--json", env=environment).stdout)
            self.assertEqual((emptied["files"], emptied["limit_bytes"]), (0, 1_500_000_000))
            self.assertIn("0 files", run("cache", env=environment).stdout)
            self.assertEqual(run("cache", "--limit", "-1", env=environment).returncode, 2)

    def test_inspect_tells_what_a_model_is(self):
        result = run("inspect", "--json", TINY_MODEL)
        self.assertEqual(result.returncode, 0, result.stderr)
        report, = json.loads(result.stdout)
        self.assertEqual(report["kind"], "model")
        self.assertEqual(report["layout"], "diffusers folder")
        self.assertTrue(report["family"].startswith("SD"), report["family"])
        self.assertEqual(report["text_width"], 16)
        self.assertEqual(report["prediction"], "epsilon")
        self.assertEqual(report["weight_type"], "F16")
        self.assertIn("unet", report["parts"])
        text = run("inspect", TINY_MODEL).stdout
        self.assertIn(report["family"], text)


if __name__ == "__main__":
    unittest.main()
