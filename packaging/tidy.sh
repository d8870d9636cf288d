#!/usr/bin/env bash
# Checks the sources of engine/ and gui/ against .clang-tidy. They are checked as they are compiled, several as one
# unit, so that headers are read once for all of them.
# usage: packaging/tidy.sh [TARGET...]     for example lorikeet_io lorikeet-cli; none means all
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
command -v clang-tidy-14 >/dev/null || fail "clang-tidy-14 is missing; as root: apt-get install clang-tidy-14"

build=$top/build/tidy
configure -B "$build" -DLORIKEET_PCH=OFF -DLORIKEET_TESTS=OFF
buildTargets lorikeet_studio_autogen lorikeet_widgets_autogen  # what moc and uic write is included

# Prints the units of the targets, or of all, that people wrote.
units() {
  python3 - "$build/compile_commands.json" "$@" <<'END'
import json, sys
for unit in json.load(open(sys.argv[1])):
    target = unit["command"].split("CMakeFiles/")[-1].split(".dir/")[0] if ".dir/" in unit["command"] else ""
    written = not any(word in unit["file"] for word in ("mocs_compilation", "qrc_"))
    if written and (len(sys.argv) == 2 or target in sys.argv[2:]):
        print(unit["file"])
END
}

# A unit's sources are headers to clang-tidy, and it includes them, which nobody else may.
units "$@" | xargs -r -P "$(nproc)" -I{} clang-tidy-14 --quiet -p "$build" --header-filter='/(engine|gui)/[^ ]*\.(h|cpp)$' \
  --checks=-bugprone-suspicious-include {} || fail "clang-tidy has found something"
