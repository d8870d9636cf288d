# Shared by run.sh and test.sh: installs what is missing and configures the release build. To be sourced.
# Sets `top` (the source folder) and `build` (the build folder).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build/release

say() { printf 'lorikeet: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

missingPackages() {
  local package
  for package in $(grep -v '^#' "$top/packaging/packages.txt"); do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# Asks only a person at a terminal; CI and pipes get their packages without a question.
agreed() {
  [ -z "${CI:-}" ] && [ -t 0 ] && [ -t 2 ] || return 0
  local answer
  read -r -p "lorikeet: install these Debian packages? [Y/n] $* " answer
  case "$answer" in ''|[yYjJ]*) return 0 ;; *) return 1 ;; esac
}

installPackages() {
  command -v dpkg-query >/dev/null || { say "this is no Debian; building with what is installed"; return; }
  local missing
  mapfile -t missing < <(missingPackages)
  [ ${#missing[@]} -gt 0 ] || return 0
  agreed "${missing[@]}" || fail "cannot build without: ${missing[*]}"
  local asRoot=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "not root and no sudo; install as root: apt-get install ${missing[*]}"
    asRoot=(sudo)
  fi
  say "installing ${#missing[@]} packages"
  "${asRoot[@]}" apt-get update -q >&2 || say "apt-get update failed; trying with the lists that are here"
  "${asRoot[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2 ||
    fail "apt-get could not install the packages"
}

# Arguments are handed to cmake.
configure() {
  (cd "$top" && cmake --preset release "$@") >&2 || fail "cmake could not configure the build"
}

# Arguments: the targets; none means everything.
buildTargets() {
  local target arguments=()
  for target in "$@"; do arguments+=(--target "$target"); done
  cmake --build "$build" "${arguments[@]}" >&2 || fail "the build failed"
}
