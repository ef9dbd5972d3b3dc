//! Runs in a real browser: see `wasm_tests` in scripts/test.

mod asking;
mod loading;
mod lost;
mod relay;
mod search;
mod server;
mod unicode;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
