#!/usr/bin/env bash
# Builds Lorikeet and opens the studio. With a prompt, or where there is no display, writes a picture instead.
# usage: packaging/run.sh [PROMPT]
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

prompt=$*
studio=
if [ -z "$prompt" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -e "$top/gui/app/main.cpp" ]; then
  studio=yes
fi

installPackages
configure
if [ -n "$studio" ]; then
  buildTargets lorikeet_app
  exec "$build/gui/lorikeet"
fi
buildTargets lorikeet-cli
exec "$build/engine/lorikeet-cli" generate -p "${prompt:-a red apple, flat style}"
