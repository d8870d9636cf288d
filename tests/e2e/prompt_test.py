#!/usr/bin/env python3
"""lorikeet-cli with choices, wildcards, embeddings and emphasis; the prompt command."""
import json
import tempfile
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, read_png, run

EMBEDDINGS = SOURCE / "tests/golden/textual_inversion"
SMALL = ("-m", TINY_MODEL, "--width", 64, "--height", 64, "--steps", 2)


class PromptTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        (self.folder / "words").mkdir()
        (self.folder / "words/animals.txt").write_text("fox\nowl\ncat\nwolf\nhare\n")

    def pictures(self, *arguments):
        result = run("generate", *SMALL, "--json", *arguments, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["pictures"]

    def test_the_picture_tells_what_was_chosen_and_from_what(self):
        template = "a {red|green|blue} __animals__"
        made = self.pictures("-p", template, "--wildcards", "words", "--num", 4, "-o", "out/{seed}.png")
        shown = json.loads(run("prompt", template, "--wildcards", "words", "--num", 4, "--json", "-m", TINY_MODEL,
                               cwd=self.folder).stdout)
        self.assertEqual([picture["prompt"] for picture in made], [reading["text"] for reading in shown])
        self.assertGreater(len({picture["prompt"] for picture in made}), 1)
        for picture in made:
            file = self.folder / picture["file"]
            settings = read_png(file)[1]["parameters"]
            self.assertTrue(settings.startswith(picture["prompt"] + "\n"), settings)
            self.assertIn(f"Template: {template}", settings)
            alone, = self.pictures("-p", template, "--wildcards", "words", "-s", picture["seed"], "-o", "alone.png")
            self.assertEqual(alone["prompt"], picture["prompt"])
            self.assertEqual((self.folder / "alone.png").read_bytes(), file.read_bytes())

    def test_emphasis_is_written_as_a1111_does(self):
        for mode, label in (("no_norm", "No norm"), ("Ignore", "Ignore"), ("none", "None")):
            self.pictures("-p", "a (red:1.3) fox", "--emphasis", mode, "-o", "a.png")
            self.assertIn(f"Emphasis: {label}", read_png(self.folder / "a.png")[1]["parameters"])
        self.assertEqual(run("generate", "-p", "x", "--emphasis", "loud").returncode, 2)

    def test_embeddings_of_a_folder(self):
        self.pictures("-p", "a <glyph> fox", "--embedding-dir", EMBEDDINGS, "-o", "a.png")
        self.pictures("-p", "a <glyph> fox", "--embedding", EMBEDDINGS / "glyph.bin", "-o", "b.png")
        self.assertEqual((self.folder / "a.png").read_bytes(), (self.folder / "b.png").read_bytes())
        result = run("generate", *SMALL, "-p", "a glyph_sdxl fox", "--embedding-dir", EMBEDDINGS, cwd=self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("SDXL", result.stderr)
        report, = json.loads(run("inspect", "--json", EMBEDDINGS / "glyph.bin").stdout)
        self.assertEqual((report["kind"], report["vectors"], report["width"]), ("embedding", 2, 16))
        self.assertEqual(report["triggers"], ["<glyph>", "glyph"])

    def test_mistakes_are_pointed_at(self):
        result = run("prompt", "first\na (red:.) __animls__", "--wildcards", "words", cwd=self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("error in the prompt, line 2, column 11", result.stdout)
        self.assertIn("a (red:.) __animls__\n          ^^^^^^^^^^", result.stdout)
        self.assertIn("warning in the prompt, line 2, column 7", result.stdout)
        result = run("generate", *SMALL, "-p", "first\na __animls__", "--wildcards", "words", cwd=self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r'line 2, column 3: There is no wildcard "animls".*"animals"')
        self.assertEqual(result.stderr.count("\n"), 1)

    def test_a_prompt_beyond_reason_is_one_sentence(self):
        (self.folder / "long.txt").write_text("red foxes, " * 11000)
        result = run("generate", *SMALL, "-p", (self.folder / "long.txt").read_text(), cwd=self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("more than 64 chunks of 75 tokens", result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
