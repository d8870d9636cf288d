#!/usr/bin/env bash
# Makes the README's screenshots from the real window with the starter model; needs no display.
# usage: packaging/screenshot.sh [BUILD_DIR] [OUT_DIR]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build}
out=${2:-packaging/screenshots}
studio=$build/gui/lorikeet
[ -x "$studio" ] || { echo "screenshot.sh: $studio is missing; build lorikeet_app first" >&2; exit 1; }
mkdir -p "$out"

shoot() { QT_QPA_PLATFORM=offscreen "$studio" --screenshot "$out/$1" --size 1280x720 "${@:2}"; }

pictures=(--prompt "a watermelon, flat style" --prompt "a house on a sky blue background, flat style"
  --prompt "a rocket on a navy background, glossy style" --prompt "a red apple, flat style"
  --prompt "a mushroom on a green background, 3d style")
shoot window-dark.png --theme dark "${pictures[@]}" --prompt "a castle on a teal background, glossy style" --at-step 14
shoot window-light.png --theme light "${pictures[@]}"
