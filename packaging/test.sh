#!/usr/bin/env bash
# Builds Lorikeet and runs its tests. Arguments are handed to ctest. In CI (environment CI set) warnings are errors.
# usage: packaging/test.sh [CTEST ARGUMENTS]
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

installPackages
configure -DLORIKEET_WERROR="$([ -n "${CI:-}" ] && echo ON || echo OFF)"
buildTargets
export QT_QPA_PLATFORM=offscreen
exec ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)" "$@"
