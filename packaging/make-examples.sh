#!/usr/bin/env bash
# Makes the start page's pictures again from resources/examples/examples.json, for a new starter model: the picture on
# a card is then the one that a click on it gives.
# usage: packaging/make-examples.sh [BUILD_DIR]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cli=${1:-build}/engine/lorikeet-cli
[ -x "$cli" ] || { echo "make-examples.sh: $cli is missing; build lorikeet-cli first" >&2; exit 1; }

python3 - "$cli" <<'PY'
import json, subprocess, sys
from pathlib import Path

folder = Path("resources/examples")
for example in json.loads((folder / "examples.json").read_text()):
    adapters = [part for use in example.get("adapters", [])
                for part in ("-l", f"resources/starter/{use['file']}:{use['weight']}")]
    controls = [part for unit in example.get("controls", [])
                for part in ("--control", f"{unit['type']}:{folder / unit['picture']}:{unit.get('scale', 1)}")]
    pictures = [part for option in ("init", "mask") if option in example
                for part in (f"--{option}", str(folder / example[option]))]
    strength = ["--strength", str(example["strength"])] if "strength" in example else []
    subprocess.run([sys.argv[1], "generate", "-p", example["prompt"], "-s", example["seed"],
                    "--steps", str(example["steps"]), "-g", str(example["guidance"]), "--sampler", example["sampler"],
                    *adapters, *controls, *pictures, *strength, "-o", str(folder / example["picture"])], check=True)
PY
