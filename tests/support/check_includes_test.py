#!/usr/bin/env python3
"""Tests of check_includes.py: each rule is broken once and must be reported."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import check_includes  # noqa: E402


class CheckIncludesTest(unittest.TestCase):
    def offences(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name in check_includes.ENGINE:
                (root / "engine" / name).mkdir(parents=True)
            for name in ("studio", "app", "mainwindow", "generate", "gallery", "widgets"):
                (root / "gui" / name).mkdir(parents=True)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return check_includes.check(root)[0]

    def assert_refused(self, name, text, reason):
        found = self.offences({name: text})
        self.assertEqual(len(found), 1, found)
        self.assertIn(reason, found[0])

    def assert_accepted(self, name, text):
        self.assertEqual(self.offences({name: text}), [])

    def test_left_to_right(self):
        self.assert_accepted("engine/nn/a.cpp", '#include "ops/x.h"\n#include "core/tensor.h"\n')
        self.assert_refused("engine/ops/a.cpp", '#include "nn/x.h"\n', "ops/ must not use nn/")
        self.assert_refused("engine/text/a.cpp", '#include "ops/x.h"\n', "text/ must not use ops/")
        self.assert_refused("engine/schedulers/a.cpp", '#include "io/x.h"\n', "schedulers/ must not use io/")
        self.assert_refused("engine/cli/a.cpp", '#include "core/tensor.h"\n', "cli/ must not use core/")
        self.assert_refused("engine/nn/a.cpp", '#include "linear.h"\n', "write the path from engine/")

    def test_third_party(self):
        self.assert_accepted("engine/imaging/a.cpp", "#include <opencv2/core.hpp>\n")
        self.assert_refused("engine/io/a.cpp", "#include <opencv2/core.hpp>\n", "belongs to engine/imaging")
        self.assert_refused("engine/nn/a.cpp", "#include <immintrin.h>\n", "belongs to engine/core and engine/ops")
        self.assert_refused("gui/app/a.cpp", "#include <CLI/CLI.hpp>\n", "belongs to engine/cli")
        self.assert_refused("engine/io/a.cpp", "#include <QString>\n", "knows no Qt")
        self.assert_refused("engine/io/a.h", "#pragma once\n#include <nlohmann/json.hpp>\n", "json_fwd")

    def test_public_headers(self):
        name = "engine/include/lorikeet/a.h"
        self.assert_accepted(name, '#pragma once\n#include <vector>\n#include "lorikeet/error.h"\n')
        self.assert_refused(name, "#pragma once\n#include <fmt/core.h>\n", "public headers")
        self.assert_refused(name, '#pragma once\n#include "core/tensor.h"\n', "public headers")

    def test_gui(self):
        self.assert_accepted("gui/generate/a.cpp", '#include <lorikeet/engine.h>\n#include "studio/jobs/job.h"\n')
        self.assert_accepted("gui/mainwindow/a.cpp", '#include "generate/x.h"\n')
        self.assert_accepted("gui/studio/a.cpp", "#include <QImage>\n#include <QUndoStack>\n#include <QStringView>\n")
        for header in ("QWidget", "QMessageBox", "QtWidgets/QLabel", "QListView", "QVBoxLayout", "QMainWindow"):
            self.assert_refused("gui/studio/a.cpp", f"#include <{header}>\n", "knows no widgets")
        self.assert_refused("gui/generate/a.cpp", '#include "gallery/x.h"\n', "must not know each other")
        self.assert_refused("gui/widgets/a.cpp", '#include "generate/x.h"\n', "must not use gui/generate")
        self.assert_refused("gui/generate/a.cpp", '#include "pipeline/x.h"\n', "through <lorikeet/...> alone")

    def test_length_and_guard(self):
        self.assert_refused("engine/core/a.cpp", "\n" * 400, "400 lines")
        self.assert_accepted("engine/core/a.cpp", "\n" * 399)
        self.assert_refused("engine/core/a.h", "int x;\n", "#pragma once")


if __name__ == "__main__":
    unittest.main()
