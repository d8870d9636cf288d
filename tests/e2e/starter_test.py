#!/usr/bin/env python3
"""What comes with the starter model is used without being named."""
import shlex
import tempfile
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, read_pixels, read_png, run

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

    def test_the_examples_of_help_run_as_printed(self):
        lines = [line.split("lorikeet-cli ", 1)[1] for line in run("generate", "--help").stdout.splitlines()
                 if line.startswith("  lorikeet-cli ")]
        self.assertGreater(len(lines), 4)
        for line in lines:
            result = run(*shlex.split(line), cwd=self.folder)
            self.assertEqual(result.returncode, 0, line + result.stderr)
        self.assertEqual(read_png(self.folder / "wide.png")[0], (192, 128))
        self.assertEqual(len(list((self.folder / "more").iterdir())), 4)

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


if __name__ == "__main__":
    unittest.main()
