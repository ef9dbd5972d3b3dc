//! Parses a page in time and memory linear in its length, whatever it holds.
//!
//! html5ever searches its stack of open elements at most tags, and opens formatting elements again
//! in every block they were not closed in: both are quadratic on a page that nests without end.
//! [`Shallow`] stands between its tokenizer and its tree builder and bounds both.

use super::dom::{Dom, Id};
use super::sink::Sink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{LocalName, TokenizerResult, local_name};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// A parsed page.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The tree.
    pub(super) dom: Dom,
    /// Whether elements were left out because they stood deeper than [`MAX_DEPTH`]; their text was
    /// kept.
    pub(super) flattened: bool,
}

/// Parses any text as HTML.
pub(super) fn parse(html: &str) -> Parsed {
    let shallow = Shallow {
        builder: TreeBuilder::new(Sink::new(), TreeBuilderOpts::default()),
        dropped: RefCell::default(),
        flattened: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(shallow, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while tokenizer.feed(&input) != TokenizerResult::Done {}
    tokenizer.end();
    let Shallow {
        builder, flattened, ..
    } = tokenizer.sink;
    Parsed {
        dom: builder.sink.finish(),
        flattened: flattened.get(),
    }
}

/// Passes tokens on, but for tags nested too deep, comments, and the names of formatting elements.
struct Shallow {
    builder: TreeBuilder<Id, Sink>,
    /// How many elements of each name were left out and not closed yet.
    dropped: RefCell<BTreeMap<LocalName, usize>>,
    flattened: Cell<bool>,
}

impl Shallow {
    /// Whether a tag is left out.
    fn drops(&self, tag: &Tag) -> bool {
        let mut dropped = self.dropped.borrow_mut();
        if tag.kind == TagKind::EndTag {
            let Some(open) = dropped.get_mut(&tag.name).filter(|open| **open > 0) else {
                return false;
            };
            *open -= 1;
            return true;
        }
        if self.builder.sink.depth() < MAX_DEPTH || CHILDLESS.contains(&&*tag.name) {
            return false;
        }
        self.flattened.set(true);
        if !tag.self_closing {
            *dropped.entry(tag.name.clone()).or_default() += 1;
        }
        true
    }
}

impl TokenSink for Shallow {
    type Handle = Id;

    fn process_token(&self, mut token: Token, line: u64) -> TokenSinkResult<Id> {
        match &mut token {
            Token::CommentToken(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) => {
                if FORMATTING.contains(&&*tag.name) {
                    tag.name = local_name!("span");
                }
                if self.drops(tag) {
                    return TokenSinkResult::Continue;
                }
            }
            _ => {}
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Elements nest this deep and no deeper, as in Blink (`maximumHTMLParserDOMTreeDepth`).
const MAX_DEPTH: u32 = 512;

/// Elements that hold no elements: they never nest, and the tokenizer must know of the raw ones.
const CHILDLESS: &[&str] = &[
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "iframe",
    "img",
    "input",
    "link",
    "meta",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "source",
    "style",
    "textarea",
    "title",
    "track",
    "wbr",
    "xmp",
];

/// The standard's formatting elements but `a`. To a reader of text they are spans, and spans are not
/// opened again (§ 13.2.4.3, "the list of active formatting elements").
const FORMATTING: &[&str] = &[
    "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_too_deep_is_flattened_and_what_follows_is_in_its_place() {
        let deep = 100_000;
        let html = format!(
            "<div><main>{}deep{}<p>after</p></main><p>behind</p></div>",
            "<div>".repeat(deep),
            "</div>".repeat(deep)
        );
        let Parsed { dom, flattened } = parse(&html);
        assert!(flattened);
        assert!(
            dom.subtree(Id::DOCUMENT)
                .all(|id| dom[id].depth <= MAX_DEPTH + 1)
        );
        let main = dom
            .subtree(Id::DOCUMENT)
            .find(|&id| dom.name(id) == "main")
            .unwrap();
        assert_eq!(dom.raw_text(main), "deepafter");
        assert_eq!(dom.raw_text(Id::DOCUMENT), "deepafterbehind");
    }

    #[test]
    fn unclosed_formatting_does_not_multiply() {
        let html: String = (0..20_000).map(|i| format!("<p><b id={i}>x")).collect();
        assert!(parse(&html).dom.subtree(Id::DOCUMENT).count() < 70_000);
    }

    #[test]
    fn a_page_of_usual_depth_is_not_touched() {
        let html = format!(
            "<main>{}x{}</main>",
            "<ul><li>".repeat(100),
            "</ul>".repeat(100)
        );
        let Parsed { dom, flattened } = parse(&html);
        assert!(!flattened);
        assert_eq!(
            dom.subtree(Id::DOCUMENT)
                .filter(|&id| dom.name(id) == "ul")
                .count(),
            100
        );
    }
}
