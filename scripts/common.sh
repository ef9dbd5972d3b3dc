# Shared by the scripts in this folder; sourced, never run.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE="$ROOT/.cache"
WASM_BINDGEN=0.2.130 # the same as wasm-bindgen in Cargo.lock
BINARYEN=132.0.0     # for wasm-opt
# Of these versions, for all checkouts: the first takes minutes to compile.
TOOLS="${XDG_CACHE_HOME:-$HOME/.cache}/lectern/tools-$WASM_BINDGEN-$BINARYEN"
TARGET="${CARGO_TARGET_DIR:-$ROOT/target}"
export LECTERN="$TARGET/release/lectern"
# What `lectern model fetch` writes, and what the command, the plugin and the tests read.
export LECTERN_MODEL="${LECTERN_MODEL:-$CACHE/models/all-MiniLM-L6-v2.lectern}"
export PATH="$TOOLS/bin:$TOOLS/node_modules/.bin:$HOME/.cargo/bin:$PATH"
# Asks npm not to advertise or look for newer versions of itself.
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false

# Where a script stops at the first failure, it says where that was.
if [[ $- == *e* ]]; then
  set -o errtrace
  trap 'printf "error: %s, line %s: %s\n" "$0" "$LINENO" "$BASH_COMMAND" >&2' ERR
fi

# note TEXT: one line of progress.
note() { printf '  %s\n' "$*"; }

# die WHAT REMEDY: stops with what could not be had and what to do about it.
die() {
  printf '\nerror: %s\n' "$1" >&2
  printf '  %s\n' "${@:2}" >&2
  exit 1
}

# step TITLE COMMAND...: runs the command under a title and says how long it took.
step() {
  local title=$1 from=$SECONDS
  shift
  printf '%s\n' "» $title"
  "$@"
  printf '  %s\n' "done in $((SECONDS - from)) s"
}

# fingerprint PATH...: one hash over the names and contents of every source file below the paths.
fingerprint() {
  find "$@" \( -name node_modules -o -name build -o -name 'build-*' -o -name dist -o -name .docusaurus -o -name '.lectern-*' \) -prune \
    -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# is_fresh STAMP KEY: whether STAMP says that its neighbours were made from KEY.
is_fresh() { [[ -f $1 && $(<"$1") == "$2" ]]; }
