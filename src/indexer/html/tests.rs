use super::*;
use BlockKind::{Code, Definition, ListItem, Paragraph, Quote, Table};

const DOCUSAURUS: &str = include_str!("../../../tests/fixtures/html/docusaurus.html");
const PLAIN: &str = include_str!("../../../tests/fixtures/html/plain.html");

fn page(file: &str, html: &str) -> Document {
    match extract(file, html.as_bytes()) {
        Ok(Extracted::Page(document)) => document,
        other => panic!("{file} was not read: {other:?}"),
    }
}

fn skipped(file: &str, html: &str) -> Option<SkipReason> {
    match extract(file, html.as_bytes()) {
        Ok(Extracted::Skipped(reason)) => Some(reason),
        _ => None,
    }
}

fn body(html: &str) -> Vec<(BlockKind, String)> {
    let document = page("a.html", &format!("<main>{html}</main>"));
    let blocks = document
        .sections
        .into_iter()
        .flat_map(|section| section.blocks);
    blocks.map(|block| (block.kind, block.text)).collect()
}

/// Headings joined, anchor, blocks.
type Outline<'a> = (String, &'a str, Vec<(BlockKind, &'a str)>);

fn outline(document: &Document) -> Vec<Outline<'_>> {
    let sections = document.sections.iter();
    sections
        .map(|section| {
            let blocks = section.blocks.iter().map(|b| (b.kind, &*b.text)).collect();
            (section.headings.join(" > "), &*section.anchor, blocks)
        })
        .collect()
}

#[test]
fn a_docusaurus_page_gives_its_text_and_nothing_around_it() {
    let document = page("docs/ros2/nodes/index.html", DOCUSAURUS);
    assert_eq!(
        (&*document.url, &*document.title, &*document.lang),
        ("docs/ros2/nodes", "Nodes", "en-gb")
    );
    assert!(document.warnings.is_empty());
    let intro = "A node is a process that computes, see topics. It has a rclcpp::Node.";
    let timing = "Timing".to_owned();
    let expected: Vec<Outline<'_>> = vec![
        (String::new(), "", vec![(Paragraph, intro)]),
        (
            "Starting a node".into(),
            "starting-a-node",
            vec![
                (Paragraph, "Run it:"),
                (Paragraph, "talker.py"),
                (Code, "def main():\n\n    rclpy.init()"),
                (Paragraph, "Keep nodes small"),
                (Paragraph, "One node, one purpose."),
                (Paragraph, "Ubuntu"),
                (Paragraph, "Use apt."),
                (Paragraph, "Windows"),
            ],
        ),
        (
            "Starting a node > On Windows".into(),
            "on-windows",
            vec![(Paragraph, "Use the installer.")],
        ),
        (
            timing,
            "timing",
            vec![
                (Paragraph, "The period is T = 1/f, so $f = 10$ gives 0.1 s."),
                (Paragraph, "E = m c^2"),
                (Table(Row::Header), "Timer | Rate"),
                (Table(Row::Next), "fast | 100 Hz"),
                (Table(Row::Next), "slow | "),
                (ListItem, "Wall timers"),
                (ListItem, "steady"),
                (ListItem, "ROS timers"),
                (Paragraph, "Why so slow?"),
                (Paragraph, "The bus is shared."),
                (Quote, "Measure first."),
                (Paragraph, "Two nodes exchange messages over a topic"),
            ],
        ),
    ];
    assert_eq!(outline(&document), expected);
}

#[test]
fn a_plain_page_with_loose_markup_is_read_in_order() {
    let document = page("notes/gait.html", PLAIN);
    assert_eq!(
        (&*document.url, &*document.title, &*document.lang),
        ("notes/gait.html", "Gait notes", "en")
    );
    let zmp = "Zero moment point";
    let expected: Vec<Outline<'_>> = vec![
        (
            String::new(),
            "",
            vec![
                (Paragraph, "Written in spring."),
                (Paragraph, "Loose words"),
                (Paragraph, "First paragraph"),
                (Paragraph, "Second paragraph, never closed"),
            ],
        ),
        (
            zmp.into(),
            "zmp",
            vec![(Paragraph, "Text under it on two lines")],
        ),
        (
            format!("{zmp} > Capture point"),
            "capture",
            vec![(Paragraph, "Step there.")],
        ),
        (
            format!("{zmp} > Linear pendulum"),
            "lipm",
            vec![
                (Definition, "CoM, centre of mass: Mean of all mass."),
                (Definition, "Orphan term"),
            ],
        ),
        (
            "Gains".into(),
            "",
            vec![
                (Paragraph, "Gains by joint"),
                (Table(Row::First), "hip | 80"),
                (Table(Row::Next), "knee | 60"),
            ],
        ),
        (
            "Gains > In a layout table".into(),
            "cell",
            vec![(Paragraph, "Laid out.")],
        ),
        (
            "Second title".into(),
            "second",
            vec![
                (Paragraph, "A leg in stance phase"),
                (Paragraph, "Figure 1. Stance."),
                (Paragraph, "Label text"),
            ],
        ),
    ];
    assert_eq!(outline(&document), expected);
}

#[test]
fn addresses_follow_the_file_and_the_canonical_link() {
    let at = |file: &str, canonical: &str| {
        let link = format!("<link rel=canonical href='{canonical}'><main>x</main>");
        page(file, &link).url
    };
    let site = "https://example.org/base";
    assert_eq!(at("index.html", site), "");
    assert_eq!(at("a/index.html", &format!("{site}/a")), "a");
    assert_eq!(at("a/index.html", &format!("{site}/a/")), "a/");
    assert_eq!(at("a/index.html", &format!("{site}/ba")), "a/");
    assert_eq!(at("a/b.html", &format!("{site}/a/b?x#y")), "a/b");
    assert_eq!(at("a/b.html", &format!("{site}/a/b.html")), "a/b.html");
    assert_eq!(at("é/index.html", &format!("{site}/%C3%A9")), "é");
    assert_eq!(page("./a\\index.html", "<main>x</main>").url, "a/");
}

#[test]
fn the_title_is_the_heading_or_the_head_or_the_file_name() {
    let title = |head: &str| page("docs/robot-arms.html", &format!("{head}<main>x</main>")).title;
    assert_eq!(
        title("<meta property=og:title content='A | B | Site'><title>no</title>"),
        "A | B"
    );
    assert_eq!(title("<title>\n Arms | Site</title>"), "Arms");
    assert_eq!(title(""), "robot arms");
    let post =
        "<main><article><header><h1>Post</h1></header><div class=markdown>x</div></article></main>";
    assert_eq!(page("blog/post.html", post).title, "Post");
}

#[test]
fn pages_that_are_not_for_the_index_are_skipped_with_their_reason() {
    let text = "<main><p>words</p></main>";
    let with = |head: &str| skipped("a.html", &format!("{head}{text}"));
    assert_eq!(with(""), None);
    assert_eq!(
        with("<meta name=robots content='NoIndex, nofollow'>"),
        Some(SkipReason::NoIndex)
    );
    assert_eq!(
        with("<meta http-equiv=refresh content='0; url=/b'>"),
        Some(SkipReason::Redirect)
    );
    for class in [
        "docs-tags-list-page",
        "plugin-blog blog-list-page",
        "plugin-blog plugin-id-default",
    ] {
        assert_eq!(
            with(&format!("<html class='{class}'>")),
            Some(SkipReason::List),
            "{class}"
        );
    }
    assert_eq!(with("<html class='plugin-blog blog-post-page'>"), None);
    assert_eq!(
        with("<div class=generatedIndexPage_vN6x></div>"),
        Some(SkipReason::List)
    );
    assert_eq!(skipped("fr/404.html", text), Some(SkipReason::NotFound));
    assert_eq!(skipped("search/index.html", text), Some(SkipReason::Search));
    assert_eq!(skipped("docs/search/index.html", text), None);
    for empty in [
        "",
        "<main></main>",
        "<main><h1>Title</h1><h2>x</h2><nav>menu</nav></main>",
        "\0",
    ] {
        assert_eq!(skipped("a.html", empty), Some(SkipReason::Empty), "{empty}");
    }
    assert_eq!(
        skipped("a.html", "<body data-lectern-ignore>words"),
        Some(SkipReason::Empty)
    );
}

#[test]
fn a_page_without_main_or_article_or_headings_is_read_with_a_warning() {
    let document = page(
        "a.html",
        "<header>Logo</header><p>Just words.</p><footer>Legal</footer>",
    );
    assert_eq!(document.warnings, [Warning::NoContentRoot]);
    assert_eq!(
        outline(&document),
        [(String::new(), "", vec![(Paragraph, "Just words.")])]
    );
}

#[test]
fn every_article_is_read_when_there_is_no_main() {
    let html = "<article><h1>A</h1>a</article><p>between</p><article><h1 id=b>B</h1>b</article>";
    let document = page("a.html", html);
    assert_eq!(document.title, "A");
    let expected = [
        (String::new(), "", vec![(Paragraph, "a")]),
        ("B".to_owned(), "b", vec![(Paragraph, "b")]),
    ];
    assert_eq!(outline(&document), expected);
}

#[test]
fn a_page_gives_its_own_prior() {
    let with = |content: &str| {
        let meta = format!("<meta name=\"lectern:prior\" content=\"{content}\">");
        page(
            "a.html",
            &format!("<head>{meta}</head><main><p>Text</p></main>"),
        )
    };
    assert_eq!(
        with("0.5").prior.map(lectern_core::Prior::factor),
        Some(0.5)
    );
    assert_eq!(page("a.html", "<main><p>Text</p></main>").prior, None);
    let wrong = with("high");
    assert_eq!(
        (wrong.prior, wrong.warnings),
        (None, vec![Warning::NoPrior])
    );
}

#[test]
fn invalid_utf8_is_read_with_a_warning() {
    let Ok(Extracted::Page(document)) = extract("a.html", b"<main>caf\xe9 au lait</main>") else {
        panic!("the page was not read");
    };
    assert_eq!(document.warnings, [Warning::InvalidUtf8]);
    assert_eq!(document.sections[0].blocks[0].text, "caf\u{fffd} au lait");
}

#[test]
fn lazy_tabs_are_named_after_the_selected_one_and_nested_tabs_after_their_own_list() {
    let tab =
        |label: &str, selected: bool| format!("<li role=tab aria-selected={selected}>{label}</li>");
    let lazy = format!(
        "<div><ul role=tablist>{}{}</ul><div><div role=tabpanel>x</div></div></div>",
        tab("A", false),
        tab("B", true)
    );
    let texts = |html: &str| {
        body(html)
            .into_iter()
            .map(|(_, text)| text)
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(&lazy), ["B", "x"]);
    let nested = format!(
        "<div><ul role=tablist>{}{}</ul><div><div role=tabpanel>{lazy}</div>\
         <div role=tabpanel hidden>y</div></div></div>",
        tab("Outer", true),
        tab("Other", false)
    );
    assert_eq!(texts(&nested), ["Outer", "B", "x", "Other", "y"]);
}

#[test]
fn a_heading_that_was_never_closed_is_read_as_text() {
    let html = format!(
        "<main><h1>Title</h1><h2>Part<div>{}</div>",
        "word ".repeat(200)
    );
    let document = page("a.html", &html);
    assert_eq!((document.sections.len(), &*document.title), (1, "Title"));
    assert_eq!(document.sections[0].blocks[0].text, "Part");
}

#[test]
fn hidden_things_are_left_out_and_unknown_elements_are_transparent() {
    let html = "<p>a <my-term>b</my-term><span hidden>no</span><i aria-hidden=true>no</i>c\
                <script>no</script><style>no</style><svg><text>no</text></svg></p>x<aside>no</aside>y";
    assert_eq!(
        body(html),
        [
            (Paragraph, "a bc".into()),
            (Paragraph, "x".into()),
            (Paragraph, "y".into())
        ]
    );
}

#[test]
fn formulas_of_mathjax_and_mathml_are_read_once() {
    let html = "<p><span class=MathJax_Preview>no</span><script type='math/tex'>a^2</script> and \
                <math alttext='b_1'></math> and <math><mi>c</mi><mo>=</mo><mn>2</mn></math></p>";
    assert_eq!(body(html), [(Paragraph, "a^2 and b_1 and c = 2".into())]);
}

#[test]
fn a_hundred_thousand_nested_elements_are_read() {
    for tag in [
        "div",
        "ul><li",
        "blockquote",
        "b",
        "table><tr><td",
        "a",
        "span",
        "svg",
        "details",
    ] {
        let html = format!(
            "<main><p>before</p>{}deep",
            format!("<{tag}>").repeat(100_000)
        );
        let document = page("a.html", &html);
        assert!(document.sections[0].blocks.len() <= 2, "{tag}");
    }
}

#[test]
fn any_bytes_are_read_or_refused_without_a_panic() {
    let mut state = 1u32;
    for _ in 0..300 {
        let mut bytes = DOCUSAURUS.as_bytes().to_vec();
        for _ in 0..40 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = state as usize % bytes.len();
            match state >> 30 {
                0 => bytes.truncate(bytes.len() - bytes.len() / 40),
                1 => drop(bytes.drain(at..(at + 50).min(bytes.len()))),
                _ => bytes[at] = b"<>/\" \xff="[state as usize % 7],
            }
        }
        assert!(extract("a.html", &bytes).is_ok());
    }
}

#[test]
fn a_page_of_twenty_megabytes_is_read_whole_and_a_larger_one_is_refused() {
    let paragraph =
        "<h2 id=x>Part</h2><p>Some <b>words</b> about legs, <code>x</code> and gait.</p>\n";
    let html = format!("<main>{}", paragraph.repeat((20 << 20) / paragraph.len()));
    let document = page("a.html", &html);
    assert_eq!(document.sections.len(), (20 << 20) / paragraph.len());

    let error = extract("big.html", &vec![b' '; MAX_PAGE_BYTES + 1]).unwrap_err();
    assert!(error.to_string().contains("big.html") && error.to_string().contains("Split it"));
}
