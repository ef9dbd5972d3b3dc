//! All stages in a row: text in, terms out.

use super::identifier::{PATH_SEPARATORS, SEPARATORS, humps, segments};
use super::normalise::{fold_case, normalise, strip_accents};
use super::segment::{Script, runs};
use super::stem::Stem;
use super::stop_words;
use std::ops::Range;

/// What a term stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A word, a part of an identifier or a character bigram. The words of a text, one after the
    /// other, have consecutive positions.
    Word,
    /// A whole identifier, at the position of its first part.
    Identifier,
}

/// A unit of the index and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What is indexed: the stem of a word, the lower-cased spelling of an identifier.
    pub text: String,
    /// The word itself, normalised but with its ending.
    pub surface: String,
    /// Bytes of the source text.
    pub range: Range<usize>,
    /// Count of words before it.
    pub position: u32,
    /// Word or whole identifier.
    pub form: Form,
}

/// Turns text of one language into terms. Cheap to make.
pub struct Analyzer {
    stem: Stem,
    /// Whether the small letter of `I` is `ı`.
    dotless: bool,
    stop_words: &'static [&'static str],
}

impl Analyzer {
    /// The analyzer for a BCP 47 tag (`en`, `pt-BR`). Of an unknown language words are split and
    /// normalised, but not stemmed, and none is a stop word.
    pub fn for_lang(tag: &str) -> Self {
        let primary = tag
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        Self {
            stem: Stem::for_language(&primary),
            dotless: matches!(&*primary, "az" | "tr"),
            stop_words: stop_words::for_language(&primary),
        }
    }

    /// The terms of a text in reading order; an identifier comes before its parts.
    pub fn terms(&self, text: &str) -> Vec<Term> {
        self.terms_but(text, &mut |_| false)
    }

    /// The same without the ordinary words that `is_idle` says yes to: most of the work is in those.
    pub fn terms_but(&self, text: &str, is_idle: &mut dyn FnMut(&str) -> bool) -> Vec<Term> {
        let mut sink = Sink {
            analyzer: self,
            text,
            terms: Vec::new(),
            position: 0,
        };
        for run in runs(text) {
            match run.script {
                Script::Spaced if is_plain(&text[run.range.clone()]) => {
                    match is_idle(&text[run.range.clone()]) {
                        true => sink.position += 1,
                        false => sink.word(run.range),
                    }
                }
                Script::Spaced => sink.spaced(run.range),
                Script::Unspaced => sink.bigrams(run.range),
            }
        }
        sink.terms
    }

    /// [`fold_case`] of a word of this language.
    fn fold_case(&self, word: &str) -> String {
        if !self.dotless {
            return fold_case(word);
        }
        let letters = word.chars().map(|c| match c {
            'I' => 'ı',
            'İ' => 'i',
            c => c,
        });
        fold_case(&letters.collect::<String>())
    }

    /// Whether a word says nothing about a text. Takes the [`Term::surface`].
    pub fn is_stop_word(&self, surface: &str) -> bool {
        self.stop_words.binary_search(&surface).is_ok()
    }
}

/// Collects the terms of one text.
struct Sink<'a> {
    analyzer: &'a Analyzer,
    text: &'a str,
    terms: Vec<Term>,
    position: u32,
}

impl Sink<'_> {
    /// A word, or an identifier with its parts.
    fn spaced(&mut self, run: Range<usize>) {
        let run = self.trim(run);
        let name = &self.text[run.clone()];
        let plain = matches!(&*segments(name, &SEPARATORS), [only] if humps(&name[only.clone()]).len() == 1);
        if plain || !name.contains(char::is_alphabetic) {
            return self.word(run);
        }
        let first = self.position;
        self.identifier(run.clone());
        for name in segments(name, &PATH_SEPARATORS) {
            self.name(run.start + name.start..run.start + name.end, &run);
        }
        self.position = self.position.max(first + 1);
    }

    /// A name and its parts. The name itself, and each of its segments, is an identifier where it is
    /// made of several parts and is not all of `whole`.
    fn name(&mut self, range: Range<usize>, whole: &Range<usize>) {
        let name = &self.text[range.clone()];
        let segments = segments(name, &SEPARATORS);
        if segments.len() > 1 && range != *whole {
            self.identifier(range.clone());
        }
        for segment in segments {
            let parts = humps(&name[segment.clone()]);
            let segment = range.start + segment.start..range.start + segment.end;
            if parts.len() > 1 && segment != *whole {
                self.identifier(segment.clone());
            }
            for part in parts {
                self.part(segment.start + part.start..segment.start + part.end);
            }
        }
    }

    /// A part of an identifier. One letter alone (`e.g`, `xAxis`) is left out.
    fn part(&mut self, range: Range<usize>) {
        let mut chars = self.text[range.clone()].chars();
        if !(chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()) {
            self.word(range);
        }
    }

    /// Overlapping pairs of characters; a character alone stands for itself.
    fn bigrams(&mut self, run: Range<usize>) {
        let chars: Vec<Range<usize>> = self.text[run.clone()]
            .char_indices()
            .map(|(at, c)| run.start + at..run.start + at + c.len_utf8())
            .collect();
        if let [alone] = chars.as_slice() {
            self.unstemmed(alone.clone(), Form::Word);
            self.position += 1;
        }
        for pair in chars.windows(2) {
            self.unstemmed(pair[0].start..pair[1].end, Form::Word);
            self.position += 1;
        }
    }

    fn word(&mut self, range: Range<usize>) {
        let folded = self.analyzer.fold_case(&self.text[range.clone()]);
        let text = self.analyzer.stem.stem(&folded);
        let surface = strip_accents(&folded);
        // A stemmer may leave nothing of a word that is all ending.
        let text = if text.is_empty() {
            surface.clone()
        } else {
            text
        };
        self.push(text, surface, range, Form::Word);
        self.position += 1;
    }

    fn identifier(&mut self, range: Range<usize>) {
        self.unstemmed(range, Form::Identifier);
    }

    fn unstemmed(&mut self, range: Range<usize>, form: Form) {
        let surface = normalise(&self.text[range.clone()]);
        self.push(surface.clone(), surface, range, form);
    }

    fn push(&mut self, text: String, surface: String, range: Range<usize>, form: Form) {
        if !surface.is_empty() {
            self.terms.push(Term {
                text,
                surface,
                range,
                position: self.position,
                form,
            });
        }
    }

    /// The run without separators at its ends.
    fn trim(&self, run: Range<usize>) -> Range<usize> {
        let name = &self.text[run.clone()];
        let start = run.end - name.trim_start_matches(SEPARATORS).len();
        start..start + name.trim_matches(SEPARATORS).len()
    }
}

/// Whether a run is an ordinary word at first glance, as nearly all are.
fn is_plain(run: &str) -> bool {
    run.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
        && run.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
#[path = "analyzer_tests.rs"]
mod tests;
