# How the WebAssembly modules are made, optimised and wrapped; sourced by scripts/build, never run.
# shellcheck shell=bash

# What every browser that Lectern serves can run.
WASM_FEATURES=(--enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext
  --enable-mutable-globals --enable-reference-types --enable-multivalue)
# Low memory: the stack lies lowest, and overflows before it reaches the first kilobyte. Implicit traps: what is
# compiled from safe code checks divisors and places itself, and a stack that overflows stores what it may not, which
# stays.
FOR_SIZE=(--low-memory-unused --ignore-implicit-traps --strip-producers --strip-target-features)
# Smallest of eleven orders of passes by brotli's count, though only .6 % apart; which one is changes with the source.
SMALLEST=(--gufa -Oz -Os -Oz)

# The engine with stemmers and stop words of all languages, and beside it that with those of English alone, for
# the same JavaScript.
browser_modules() {
  local all="$ROOT/pkg/browser" english name=lectern_browser
  english=$(mktemp -d)
  browser_module "$all"
  browser_module "$english" --no-default-features
  cmp "$all/$name.js" "$english/$name.js" ||
    die "the JavaScript of the two engines differs" "give both the same exports and imports: see src/browser"
  optimize_wasm "$all/${name}_bg.wasm" "$all/${name}_bg.wasm" "${FOR_SIZE[@]}" "${SMALLEST[@]}" &
  optimize_wasm "$english/${name}_bg.wasm" "$all/${name}_en_bg.wasm" "${FOR_SIZE[@]}" "${SMALLEST[@]}"
  wait $!
  rm -r "$english"
}

# browser_module FOLDER [CARGO OPTION...]
browser_module() {
  local folder=$1 name=lectern_browser
  compile_wasm lectern-browser-module browser "${@:2}"
  bind_wasm browser/lectern_browser_module.wasm "$folder" $name web
  node "$ROOT/scripts/glue.mjs" "$folder/$name.js" "$folder/${name}_bg.wasm"
  echo '{ "type": "module" }' >"$folder/package.json"
}

# Of what wasm-opt could do after the compiler, no more than -O1 shows in the speed of embedding.
node_module() {
  compile_wasm lectern-node release
  bind_wasm release/lectern_node.wasm "$ROOT/pkg/node" lectern_node nodejs
  optimize_wasm "$ROOT/pkg/node/lectern_node_bg.wasm" "$ROOT/pkg/node/lectern_node_bg.wasm" -O1
  echo '{ "type": "commonjs" }' >"$ROOT/pkg/node/package.json"
}

# compile_wasm CRATE PROFILE [CARGO OPTION...]
compile_wasm() {
  # Panics name the files they are in: not where these are on this machine, which readers need not know.
  local flags="--remap-path-prefix=$ROOT/=" sources
  for sources in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do flags+=" --remap-path-prefix=$sources="; done
  (cd "$ROOT" && CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$flags cargo build --locked \
    --target wasm32-unknown-unknown --package "$1" --profile "$2" "${@:3}")
}

# bind_wasm MODULE FOLDER NAME TARGET: its JavaScript by wasm-bindgen.
bind_wasm() { wasm-bindgen "$TARGET/wasm32-unknown-unknown/$1" --out-dir "$2" --out-name "$3" --target "$4"; }

# optimize_wasm IN OUT OPTION...
optimize_wasm() { wasm-opt "$1" --output "$2" "${@:3}" "${WASM_FEATURES[@]}"; }
