#!/usr/bin/env python3
"""lorikeet-cli generate from pictures, masks and control maps, and annotate."""
import tempfile
import unittest
from pathlib import Path

from cli_program import SOURCE, TINY_MODEL, read_png, run

GOLDEN = SOURCE / "tests/golden"
PHOTO, MASK, EDGES = (GOLDEN / "inputs" / name for name in ("photo.png", "mask.png", "canny.png"))
NET = GOLDEN / "tiny-controlnet"


class SteeringTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def generate(self, *arguments):
        return run("generate", "-m", TINY_MODEL, "-p", "a fox", "--width", 64, "--height", 64, "--steps", 2, *arguments,
                   cwd=self.folder)

    def picture(self, name, *arguments):
        """Makes a picture; its size, settings and bytes."""
        result = self.generate("-o", name, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        size, text = read_png(self.folder / name)
        return size, text["parameters"], (self.folder / name).read_bytes()

    def assert_wrong(self, code, part, *arguments):
        result = self.generate(*arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(part, result.stderr)
        self.assertEqual(result.stderr.count("lorikeet-cli: "), 1, result.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_result_has_the_size_of_the_picture_and_tells_its_strength(self):
        size, settings, _ = self.picture("a.png", "--init", PHOTO, "--strength", 0.5)
        self.assertEqual(size, (128, 128))
        self.assertIn("Denoising strength: 0.5", settings)

    def test_mask_options(self):
        _, settings, plain = self.picture("a.png", "--init", PHOTO, "--mask", MASK)
        _, settings, other = self.picture("b.png", "--init", PHOTO, "--mask", MASK, "--mask-blur", 3, "--mask-grow", 2,
                                          "--only-masked", "--padding", 8, "--masked-content", "fill")
        self.assertIn("Mask blur: 3, Inpaint area: Only masked, Masked area padding: 8, Masked content: fill", settings)
        self.assertNotEqual(plain, other)

    def test_outpainting_grows_the_picture(self):
        size, _, _ = self.picture("a.png", "--init", PHOTO, "--outpaint", "16,0,8,32")
        self.assertEqual(size, (152, 160))
        self.assert_wrong_usage("--outpaint", "1,2,3")

    def assert_wrong_usage(self, *arguments):
        result = self.generate("--init", PHOTO, *arguments)
        self.assertEqual(result.returncode, 2, result.stderr)

    def test_controls_with_scale_and_range(self):
        _, _, plain = self.picture("a.png")
        _, settings, steered = self.picture("b.png", "--control", f"map:{EDGES}:0.8:0-0.5", "--control-model", NET)
        self.assertIn("Weight: 0.8, Guidance Start: 0, Guidance End: 0.5", settings)
        self.assertNotEqual(plain, steered)
        _, settings, _ = self.picture("c.png", "--init", PHOTO, "--control", "canny:", "--control", f"map:{EDGES}",
                                      "--control-model", NET, "--canny-low", 50)
        self.assertIn("Threshold A: 50", settings)
        self.assertIn("ControlNet 1", settings)

    def test_ready_maps_by_their_kind(self):
        _, _, plain = self.picture("a.png", "--control", f"map:{EDGES}", "--control-model", NET)
        _, settings, edges = self.picture("b.png", "--control", f"softedge:{EDGES}", "--control-model", NET)
        self.assertIn("Module: softedge", settings)
        pixels = [run("annotate", "invert", self.folder / name, self.folder / "x.png") and
                  (self.folder / "x.png").read_bytes() for name in ("a.png", "b.png")]
        self.assertEqual(pixels[0] == pixels[1], True)
        self.assertNotEqual(plain, edges)  # the settings differ

    def test_each_control_has_settings_of_its_own(self):
        _, settings, own = self.picture(
            "a.png", "--control", f"canny:{PHOTO}:0.8:0-0.5:low=50:high=120:blur=1:mode=control:model={NET}", "--control",
            f"map:{EDGES}", "--control-model", NET)
        self.assertIn("Weight: 0.8, Guidance Start: 0, Guidance End: 0.5, Control Mode: ", settings)
        self.assertIn("Threshold A: 50, Threshold B: 120", settings)
        _, _, common = self.picture("b.png", "--control", f"canny:{PHOTO}:0.8:0-0.5", "--control", f"map:{EDGES}",
                                    "--control-model", NET)
        self.assertNotEqual(own, common)

    def test_presets_come_before_other_options(self):
        def parameters(*arguments):
            result = run("generate", "-m", TINY_MODEL, "-p", "a fox", "--width", 64, "--height", 64, "--init", PHOTO,
                         "-o", "p.png", *arguments, cwd=self.folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            return read_png(self.folder / "p.png")[1]["parameters"]

        control = ("--control", f"canny:{PHOTO}", "--control-model", NET)
        settings = parameters("--preset", "controlnet-img2img", *control)
        self.assertIn("Steps: 10,", settings)
        self.assertIn("Denoising strength: 1,", settings)
        self.assertIn("Weight: 0.5,", settings)
        self.assertIn("Threshold A: 150, Threshold B: 200", settings)
        settings = parameters("--steps", 3, "--canny-low", 70, "--preset", "controlnet-img2img", *control)
        self.assertIn("Steps: 3,", settings)
        self.assertIn("Threshold A: 70, Threshold B: 200", settings)
        result = run("generate", "-p", "x", "--preset", "nothing")
        self.assertEqual(result.returncode, 2)
        self.assertIn("the presets are", result.stderr)

    def test_what_does_not_fit_is_refused_in_one_line(self):
        self.assert_wrong(1, "no picture to repaint", "--mask", MASK)
        self.assert_wrong(1, "does not exist", "--control", f"map:{EDGES}", "--control-model", self.folder / "none")
        self.assert_wrong(1, "--control-model", "--control", f"map:{EDGES}")
        self.assert_wrong(2, "control type", "--control", f"depths:{EDGES}", "--control-model", NET)
        self.assert_wrong(1, "M-LSD", "--control", f"mlsd:{PHOTO}", "--control-model", NET)
        self.assert_wrong(1, "no depth map: it has colours", "--control", f"depth:{PHOTO}", "--control-model", NET)
        self.assert_wrong(1, "no pose map: its ground is not black", "--control", f"pose:{PHOTO}", "--control-model",
                          NET)
        self.assert_wrong(2, "is no number", "--control", f"canny:{PHOTO}:low=x", "--control-model", NET)
        self.assert_wrong(1, "1 --control without a model but 2 --control-model", "--control", f"map:{EDGES}",
                          "--control-model", NET, "--control-model", NET)
        self.assert_wrong(1, "strength", "--init", PHOTO, "--strength", 2)

    def test_annotate_draws_edges(self):
        result = run("annotate", "canny", PHOTO, self.folder / "edges.png", "--low", 50, "--high", 100)
        self.assertEqual(result.returncode, 0, result.stderr)
        size, _ = read_png(self.folder / "edges.png")
        self.assertEqual(size, (128, 128))
        self.assertEqual(run("annotate", "canny", self.folder / "none.png", self.folder / "x.png").returncode, 1)
        self.assertEqual(run("annotate", "canny", PHOTO, self.folder / "x.png", "--low", -1).returncode, 1)

    def test_annotate_finds_straight_lines(self):
        target = self.folder / "lines.png"
        for arguments, part in (((), "M-LSD"), (("--network", PHOTO), ""), (("--network", "none.pth"), "is not a file")):
            result = run("annotate", "mlsd", PHOTO, target, *arguments)
            self.assertEqual(result.returncode, 1)
            self.assertIn(part, result.stderr)
            self.assertFalse(target.exists())
        network = SOURCE.parent / "shared/testdata/annotator/mlsd_tiny_512_fp32.pth"
        if not network.exists():
            self.skipTest(f"{network} is not there")
        result = run("annotate", "mlsd", PHOTO, target, "--network", network)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(read_png(target)[0], (128, 128))


if __name__ == "__main__":
    unittest.main()
