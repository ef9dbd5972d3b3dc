//! The browser normalises text as the tables do that the indexer has.

use js_sys::RegExp;
use lectern_core::text::unicode::Form;
use unicode_normalization::UnicodeNormalization;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::unicode::normalise;

/// Characters that are normalised in one call.
const BLOCK: usize = 256;

/// The characters of one version of Unicode are normalised alike by all later ones.
#[wasm_bindgen_test]
fn every_character_the_browser_knows_alone_and_among_marks() {
    let unassigned = RegExp::new(r"^\p{Cn}$", "u");
    let known = |c: &char| !unassigned.test(c.encode_utf8(&mut [0; 4]));
    let all = ('\0'..='\u{323af}').chain('\u{e0000}'..='\u{e01ff}');
    let all: Vec<char> = all.filter(known).collect();
    assert!(all.len() > 140_000, "{} characters", all.len());
    for block in all.chunks(BLOCK) {
        let mut text = String::new();
        for c in block {
            text += &format!(
                "{c}\n{c}\u{301}\u{323}{c}\na\u{5b0}{c}\u{16d}\u{327}{c}\n\u{1100}{c}\u{11a8}\n"
            );
        }
        for (form, expected) in [
            (Form::Nfd, text.nfd().collect::<String>()),
            (Form::Nfc, text.nfc().collect()),
            (Form::Nfkc, text.nfkc().collect()),
        ] {
            let found = normalise(&text, form);
            let mut lines = found.lines().zip(expected.lines());
            let other = lines.find(|(found, expected)| found != expected);
            assert!(found == expected, "{form:?} from {:?}: {other:?}", block[0]);
        }
    }
}
