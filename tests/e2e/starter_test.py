#!/usr/bin/env python3
"""What comes with the starter model is used without being named."""
import shlex
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from cli_program import PROGRAM, SOURCE, TINY_MODEL, read_pixels, read_png, run

EXAMPLES = SOURCE / "resources/examples"
NEAR = 2  # pixels by which an edge may be off


def share_near(edges, others):
    """Share of the edge pixels that have one of the others near them."""
    near = {(x + dx, y + dy) for x, y in others for dx in range(-NEAR, NEAR + 1) for dy in range(-NEAR, NEAR + 1)}
    return sum(edge in near for edge in edges) / max(1, len(edges))


class StarterTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def generate(self, name, *arguments):
        """Makes a picture; its settings."""
        result = run("generate", "-s", 1, "-g", 5, "-o", name, *arguments, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        return read_png(self.folder / name)[1]["parameters"]

    def edges(self, picture):
        """Places of Canny's edges."""
        result = run("annotate", "canny", picture, "edges.png", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = read_pixels(self.folder / "edges.png")
        step = len(rows[0]) // len(rows)
        return {(x, y) for y, row in enumerate(rows) for x in range(len(rows)) if row[step * x] > 127}

    def agreement(self, picture, wanted):
        """F1 of the edges within NEAR pixels."""
        found = self.edges(picture)
        precision, recall = share_near(found, wanted), share_near(wanted, found)
        return 2 * precision * recall / max(1e-9, precision + recall)

    def test_canny_control_needs_no_file(self):
        source, prompt = EXAMPLES / "red-apple.png", "a peach on a navy background, 3d style"
        wanted = self.edges(source)
        self.generate("free.png", "-p", prompt)
        settings = self.generate("steered.png", "-p", prompt, "--control", f"canny:{source}")
        self.assertIn("Module: canny", settings)
        free, steered = (self.agreement(self.folder / name, wanted) for name in ("free.png", "steered.png"))
        self.assertGreater(steered, 0.6)
        self.assertGreater(steered, free + 0.1)

    def test_other_controls_and_other_models_need_a_file(self):
        source = EXAMPLES / "house.png"
        for arguments in (("--control", f"lineart:{source}"), ("-m", TINY_MODEL, "--control", f"canny:{source}")):
            result = run("generate", "-p", "a castle", *arguments, cwd=self.folder)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn("--control-model", result.stderr)

    def run_examples(self, command, most=99):
        """Runs the first examples of a command's help as printed; how many."""
        lines = [line.strip() for line in run(command, "--help").stdout.partition("Examples:")[2].splitlines() if line.strip()]
        for line in lines[:most]:
            shell = f"lorikeet-cli() {{ {shlex.quote(PROGRAM)} \"$@\"; }}; {line}"
            result = subprocess.run(["bash", "-c", shell], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, line + result.stderr)
        return len(lines)

    def test_the_examples_of_help_run_as_printed(self):
        self.assertGreater(self.run_examples("generate"), 4)
        self.assertEqual(read_png(self.folder / "wide.png")[0], (192, 128))
        self.assertEqual(len(list((self.folder / "more").iterdir())), 2)
        self.run_examples("batch")
        self.assertEqual(len(list((self.folder / "pictures").glob("*.png"))), 2)
        shutil.copy(self.folder / "apple.png", self.folder / "photo.jpg")  # told by its content
        self.run_examples("annotate", 1)
        self.assertTrue((self.folder / "edges.png").is_file())
        self.run_examples("sweep", 1)
        self.assertTrue(any((self.folder / "apples").iterdir()))

    def repaint(self, name, *arguments):
        """Paints a rocket over the castle; rows of bytes."""
        self.generate(name, "-p", "a rocket on a teal background, glossy style", "--init", EXAMPLES / "castle.png",
                      "--mask", EXAMPLES / "castle-mask.png", "--strength", 1, *arguments)
        return read_pixels(self.folder / name)

    def test_what_the_mask_keeps_has_the_bytes_of_the_picture(self):
        after = self.repaint("own.png")
        before, mask = read_pixels(EXAMPLES / "castle.png"), read_pixels(EXAMPLES / "castle-mask.png")
        of_after, of_before, of_mask = (len(rows[0]) // len(rows) for rows in (after, before, mask))
        changed = 0
        for y, row in enumerate(after):
            for x in range(len(after)):
                now = row[of_after * x:of_after * x + 3]
                if mask[y][of_mask * x] == 0:
                    self.assertEqual(now, before[y][of_before * x:of_before * x + 3])
                else:
                    changed += now != before[y][of_before * x:of_before * x + 3]
        self.assertGreater(changed, 5000)

    def test_what_is_painted_under_a_mask_continues_what_is_around_it(self):
        rows = self.repaint("own.png")
        step = len(rows[0]) // len(rows)
        pixel = lambda y, x: rows[y][step * x:step * x + 3]
        ground = pixel(2, 2)
        for top, left in ((2, 10), (2, 112), (112, 112)):  # corners of the mask that the rocket leaves free
            near = [pixel(y, x) for y in range(top, top + 5) for x in range(left, left + 5)]
            for channel in range(3):
                middle = sorted(p[channel] for p in near)[len(near) // 2]
                self.assertLess(abs(middle - ground[channel]), 25)

    def pixels(self, name, prompt, *arguments):
        """Rows of colours."""
        self.generate(name, "-p", prompt, *arguments)
        rows = read_pixels(self.folder / name)
        step = len(rows[0]) // len(rows)
        return [[row[x:x + 3] for x in range(0, len(row), step)] for row in rows]

    def test_four_steps_are_enough_with_their_adapter(self):
        def brightness(name, tag):
            rows = self.pixels(name, "a watermelon, flat style" + tag, "-s", 4, "--steps", 4, "-g", 1, "--sampler", "lcm")
            return min(rows[y][x][0] for y in (4, 123) for x in (4, 123))  # white by the prompt
        clean = brightness("with.png", " <lora:few-step:1>")
        self.assertGreater(clean, 230)
        self.assertGreater(clean, brightness("without.png", "") + 30)

    def test_a_word_that_was_learned_is_known_without_a_folder(self):
        settings = self.generate("satsuma.png", "-p", "a satsuma, flat style", "-s", 1)
        self.assertIn('TI hashes: "satsuma: ', settings)
        self.assertIn("uses the embedding satsuma", run("prompt", "a satsuma").stdout)

    def test_the_mascot_has_a_blue_head(self):
        def blue(name, tag):
            rows = self.pixels(name, "a lorikeet on a white background" + tag, "-s", 1)
            return sum(b > r + 60 for row in rows for r, _, b in row)
        self.assertGreater(blue("mascot.png", " <lora:lorikeet:1>"), blue("parrot.png", "") + 1000)


if __name__ == "__main__":
    unittest.main()
