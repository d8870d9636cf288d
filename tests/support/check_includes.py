#!/usr/bin/env python3
"""Verifies the folder rules of ARCHITECTURE.md by the #include lines, and that no file reaches 400 lines.

usage: check_includes.py SOURCE_DIR      exit code 0: all rules hold; 1: every offence is printed
"""
import re
import sys
from pathlib import Path

# What each folder of engine/ may use besides itself. `include` is the public API.
ENGINE = {
    "core": set(),
    "io": {"core"},
    "ops": {"core", "io"},
    "nn": {"core", "io", "ops"},
    "text": {"core", "io"},
    "models": {"core", "io", "ops", "nn"},
    "schedulers": {"core"},
    "imaging": {"core"},
    "adapters": {"core", "io", "ops", "nn", "models"},
    "pipeline": {"core", "io", "ops", "nn", "text", "models", "schedulers", "imaging", "adapters"},
    "workshop": {"core", "io", "ops", "adapters", "pipeline"},
    "training": {"core", "io", "ops", "nn", "text", "models", "schedulers", "imaging", "adapters", "pipeline",
                 "workshop"},
    "cli": set(),  # the public API alone, as any other program
}

# Third-party headers and the only folders that may see them.
CONFINED = [
    (re.compile(r"opencv2?/|webp/|tiff\w*\.h|j(peglib|error)\.h"), {"engine/imaging"}),
    (re.compile(r"lapacke?\.h"), {"engine/ops"}),
    (re.compile(r"(imm|x86|avx\w*|nmm|smm|tmm|pmm|emm|xmm)intrin\.h"), {"engine/ops", "engine/core"}),
    (re.compile(r"CLI/"), {"engine/cli"}),
    (re.compile(r"unicode/"), {"engine/text"}),
    (re.compile(r"zip\.h|zipconf\.h"), {"engine/io"}),
    (re.compile(r"png\.h"), {"engine/io", "engine/imaging"}),
]

GUI_SHARED = {"studio", "widgets"}  # what every feature may use
GUI_ASSEMBLY = {"app", "mainwindow"}  # what puts the features together

QT = re.compile(r"Q[A-Z]\w*(/|$)|Qt\w+/")
QT_WIDGETS = re.compile(
    r"(QtWidgets|QtPrintSupport)/|Q("
    r"Application|Completer|DataWidgetMapper|Frame|Label|Splitter\w*|Style(?!Hints)\w*|(Common|Proxy)Style|ToolTip"
    r"|WhatsThis|SystemTrayIcon|Scroller\w*|Graphics\w+|Menu|MainWindow|Mdi\w+|RubberBand|SizeGrip|SizePolicy"
    r"|SplashScreen|TextBrowser|ErrorMessage"
    r"|\w*(Widget\w*|Dialog|Button\w*|Box|Slider|SpinBox|Edit|Bar|Delegate|Dial|Area|Wizard\w*)"
    r"|(List|Table|Tree|Column|Header|AbstractItem|Undo)View|(\w*Box|Form|Grid|Stacked)?Layout)$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SUFFIXES = {".h", ".cpp"}
MAX_LINES = 400


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == "<", match.group(2)


def third_party_offence(folder, target):
    for pattern, owners in CONFINED:
        if pattern.match(target) and folder not in owners:
            return f"<{target}> belongs to {' and '.join(sorted(owners))} alone"
    return None


def public_offence(target):
    if target.startswith("lorikeet/"):
        return None
    if "/" in target or "." in target:
        return f"'{target}': public headers use the standard library and lorikeet/ only"
    return None


def engine_offence(root, folder, is_header, angled, target):
    if QT.match(target):
        return f"'{target}': the engine knows no Qt"
    if is_header and target == "nlohmann/json.hpp":
        return "<nlohmann/json.hpp> in a header: use <nlohmann/json_fwd.hpp>"
    if angled or target.startswith("lorikeet/"):
        return None
    used = target.split("/")[0]
    if "/" not in target or not (root / "engine" / used).is_dir():
        return f'"{target}": write the path from engine/ ("{folder}/{target}")'
    if used != folder and used not in ENGINE.get(folder, set()):
        return f'"{target}": {folder}/ must not use {used}/'
    return None


def gui_offence(root, folder, angled, target):
    if folder == "studio" and QT_WIDGETS.match(target):
        return f"<{target}>: gui/studio knows no widgets"
    if angled:
        return None
    if target.startswith("lorikeet/"):
        return f'"{target}": write <{target}>'
    if "/" not in target:
        return None  # ui_*.h, *.moc and neighbours
    used = target.split("/")[0]
    if (root / "engine" / used).is_dir() and not (root / "gui" / used).is_dir():
        return f'"{target}": gui/ uses the engine through <lorikeet/...> alone'
    if used == folder or not (root / "gui" / used).is_dir():
        return None
    if folder == "studio" or (folder == "widgets" and used != "studio"):
        return f'"{target}": gui/{folder} must not use gui/{used}'
    if folder not in GUI_ASSEMBLY and used not in GUI_SHARED:
        return f'"{target}": the features gui/{folder} and gui/{used} must not know each other'
    return None


def offence_of(root, relative, angled, target):
    parts = relative.parts
    folder = "/".join(parts[:2])
    if parts[0] in ("engine", "gui"):
        found = third_party_offence(folder, target)
        if found:
            return found
    if parts[0] == "engine" and parts[1] == "include":
        return public_offence(target)
    if parts[0] == "engine" and len(parts) > 2:
        return engine_offence(root, parts[1], relative.suffix == ".h", angled, target)
    if parts[0] == "gui" and len(parts) > 2:
        return gui_offence(root, parts[1], angled, target)
    return None


def check(root):
    offences, count = [], 0
    for top in ("engine", "gui", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            count += 1
            relative = path.relative_to(root)
            text = path.read_text(encoding="utf-8")
            lines = text.count("\n")
            if lines >= MAX_LINES:
                offences.append(f"{relative}: {lines} lines; files stay under {MAX_LINES}")
            if path.suffix == ".h" and "#pragma once" not in text:
                offences.append(f"{relative}: #pragma once is missing")
            for number, angled, target in includes(text):
                found = offence_of(root, relative, angled, target)
                if found:
                    offences.append(f"{relative}:{number}: {found}")
    return offences, count


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    offences, count = check(Path(sys.argv[1]))
    for offence in offences:
        print(offence)
    print(f"{count} files, {len(offences)} offences")
    return 1 if offences or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
