//! What a page is once it is read.

use std::fmt;

use lectern_core::Prior;
use thiserror::Error;

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extracted {
    /// The page has text.
    Page(Document),
    /// The page is not for a book's index.
    Skipped(SkipReason),
}

/// A page as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Address below the site's base URL, without a leading slash; empty for the front page.
    pub url: String,
    /// Title, on one line.
    pub title: String,
    /// BCP 47 tag, lower case; `en` when the page does not say.
    pub lang: String,
    /// What the page says about how likely it is looked for: `<meta name="lectern:prior" content="0.5">`.
    pub prior: Option<Prior>,
    /// Sections in reading order. A section may be empty when another heading follows at once.
    pub sections: Vec<DocSection>,
    /// What an author may want to mend.
    pub warnings: Vec<Warning>,
}

/// What stands under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocSection {
    /// Headings from the page's second level down to this section's own; empty above the first.
    pub headings: Vec<String>,
    /// Element id to link to; empty for the top of the page or when there is none.
    pub anchor: String,
    /// Blocks in reading order, none of them empty.
    pub blocks: Vec<Block>,
}

/// A run of text that a reader sees as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text: one line with single spaces, but for [`BlockKind::Code`].
    pub text: String,
}

/// The kinds of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph, a caption, the title of an admonition, of a tab or of a code block.
    Paragraph,
    /// An item of a list, without the lists inside it.
    ListItem,
    /// Preformatted text, its lines as they are.
    Code,
    /// A row of a table, its cells joined with ` | `.
    Table(Row),
    /// A paragraph of a quotation.
    Quote,
    /// `term: description`.
    Definition,
}

/// Where a row stands in its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The first row, made of header cells.
    Header,
    /// The first row of a table without a header.
    First,
    /// Any other row.
    Next,
}

/// Why a page is not indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// It asks not to be: `<meta name="robots" content="noindex">`.
    NoIndex,
    /// It only sends its reader elsewhere.
    Redirect,
    /// It is the site's "page not found".
    NotFound,
    /// It is the site's search page.
    Search,
    /// It only lists other pages: tags, authors, archives, generated category indexes.
    List,
    /// It has no text in its content.
    Empty,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoIndex => "asks not to be indexed",
            Self::Redirect => "is a redirect",
            Self::NotFound => "is the page for missing pages",
            Self::Search => "is the search page",
            Self::List => "only lists other pages",
            Self::Empty => "has no text in its content",
        })
    }
}

/// What is odd about a page that was read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Some bytes are not UTF-8.
    InvalidUtf8,
    /// There is no `<main>` and no `<article>`, so all of `<body>` was read.
    NoContentRoot,
    /// Elements nested too deep were read as if their parents held their text.
    TooDeep,
    /// What it gives as its prior is none.
    NoPrior,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidUtf8 => "has bytes that are not UTF-8 (read as �). Save it as UTF-8",
            Self::NoContentRoot => {
                "has no <main> or <article>, so menus may be indexed too. Put its content in <main>, \
                 or mark the rest with data-lectern-ignore"
            }
            Self::NoPrior => {
                "has a lectern:prior that is no number from 0.25 to 4, and was indexed without it"
            }
            Self::TooDeep => {
                "nests elements more than 512 deep; deeper ones were flattened. Look for elements \
                 that are never closed"
            }
        })
    }
}

/// Why a page cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The page is larger than any page meant for reading.
    #[error(
        "{file} has {bytes} bytes, a page may have {limit}. Split it, or leave it out of the folder that is indexed"
    )]
    TooLarge {
        /// The page.
        file: String,
        /// Its size.
        bytes: usize,
        /// The largest size there may be.
        limit: usize,
    },
}
