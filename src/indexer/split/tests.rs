use super::*;
use crate::html::{DocSection, Row};

const LIMIT: usize = 256;

/// Stands for wordpieces: one for every four characters begun of a word, one for every other sign.
fn pieces(text: &str) -> usize {
    let of_word = |word: &str| {
        let letters = word
            .chars()
            .filter(|c| c.is_alphanumeric() && !is_han(*c))
            .count();
        letters.div_ceil(4)
            + word
                .chars()
                .filter(|&c| !c.is_alphanumeric() || is_han(c))
                .count()
    };
    text.split_whitespace().map(of_word).sum()
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn block(kind: BlockKind, text: impl Into<String>) -> Block {
    Block {
        kind,
        text: text.into(),
    }
}

fn document(blocks: Vec<Block>) -> Document {
    Document {
        sections: vec![DocSection {
            blocks,
            ..DocSection::default()
        }],
        ..Document::default()
    }
}

fn split_blocks(blocks: Vec<Block>) -> Vec<SplitPassage> {
    split(&document(blocks), LIMIT, &mut pieces)
}

fn prose(words: usize) -> String {
    (0..words)
        .map(|i| if i % 12 == 11 { "stop. Go " } else { "walk " })
        .collect::<String>()
        .trim()
        .to_owned()
}

fn without_space(texts: impl IntoIterator<Item = String>) -> String {
    texts
        .into_iter()
        .flat_map(|t| t.chars().filter(|c| !c.is_whitespace()).collect::<Vec<_>>())
        .collect()
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn block(&mut self) -> Block {
        let words = [2, 10, 40, 150, 500][self.below(5)];
        let word = |random: &mut Self| {
            [
                "gait",
                "zero-moment",
                "e.g.",
                "Fig.",
                "end.",
                "é",
                "机器人走路。",
                "كرة",
                "x()",
                "🤖",
                "Why?",
            ][random.below(11)]
        };
        let text = (0..1 + self.below(words))
            .map(|_| word(self))
            .collect::<Vec<_>>()
            .join(" ");
        match self.below(4) {
            0 => block(BlockKind::ListItem, text),
            1 => {
                let line = |i: usize, w: &str| format!("{}{w}", " ".repeat(i % 5));
                let lines: Vec<_> = text
                    .split(' ')
                    .enumerate()
                    .map(|(i, w)| line(i, w))
                    .collect();
                block(
                    BlockKind::Code,
                    lines
                        .join(if self.below(2) == 0 { "\n" } else { "\n\n" })
                        .trim(),
                )
            }
            _ => block(BlockKind::Paragraph, text),
        }
    }
}

#[test]
fn any_page_keeps_all_its_words_within_the_limit_and_its_code_on_whole_lines() {
    let mut random = Random(7);
    for _ in 0..200 {
        let section = |random: &mut Random| DocSection {
            blocks: (0..random.below(12)).map(|_| random.block()).collect(),
            ..DocSection::default()
        };
        let sections: Vec<_> = (0..4).map(|_| section(&mut random)).collect();
        let doc = Document {
            sections,
            ..Document::default()
        };
        let passages = split(&doc, LIMIT, &mut pieces);
        for (index, section) in doc.sections.iter().enumerate() {
            let own = || passages.iter().filter(|p| p.section == index);
            let expected = without_space(section.blocks.iter().map(|b| b.text.clone()));
            assert_eq!(without_space(own().map(|p| p.text.clone())), expected);
            let of_kind = |code: bool| move |b: &&Block| (b.kind == BlockKind::Code) == code;
            let code = section
                .blocks
                .iter()
                .filter(of_kind(true))
                .map(|b| b.text.clone());
            assert_eq!(without_space(own().flat_map(code_of)), without_space(code));
        }
        for passage in &passages {
            assert!(pieces(&passage.text) <= LIMIT && !passage.text.is_empty());
            assert_eq!(passage.text.trim_end(), passage.text);
            for range in &passage.code {
                let (start, end) = (range.start as usize, range.end as usize);
                assert!(start == 0 || passage.text[..start].ends_with('\n'));
                assert!(end == passage.text.len() || passage.text[end..].starts_with('\n'));
            }
            assert!(
                passage
                    .code
                    .windows(2)
                    .all(|pair| pair[0].end < pair[1].start)
            );
        }
    }
}

fn code_of(passage: &SplitPassage) -> Vec<String> {
    passage
        .code
        .iter()
        .map(|r| passage.text[r.start as usize..r.end as usize].to_owned())
        .collect()
}

#[test]
fn sections_never_mix_and_an_empty_one_gives_nothing() {
    let section = |blocks| DocSection {
        blocks,
        ..DocSection::default()
    };
    let line = || section(vec![block(BlockKind::Paragraph, "One line.")]);
    let doc = Document {
        sections: vec![line(), section(vec![]), line()],
        ..Document::default()
    };
    let passages = split(&doc, LIMIT, &mut pieces);
    assert_eq!(
        passages
            .iter()
            .map(|p| (p.section, &*p.text))
            .collect::<Vec<_>>(),
        [(0, "One line."), (2, "One line.")]
    );
}

#[test]
fn a_long_paragraph_is_divided_evenly_between_sentences() {
    let passages = split_blocks(vec![block(BlockKind::Paragraph, prose(300))]);
    assert_eq!(passages.len(), 2);
    assert!(passages[0].text.ends_with("stop.") && passages[1].text.starts_with("Go"));
    assert!(passages.iter().all(|p| pieces(&p.text) > 120));
}

#[test]
fn code_stays_with_the_paragraph_before_it_where_both_fit() {
    let code = "let x = 1;\n".repeat(20);
    let passages = split_blocks(vec![
        block(BlockKind::Paragraph, prose(150)),
        block(BlockKind::Paragraph, "Like this."),
        block(BlockKind::Code, code.trim()),
    ]);
    assert_eq!(passages.len(), 2);
    assert!(passages[1].text.starts_with("Like this.\nlet x"));
    let code = &passages[1].code;
    assert_eq!(
        (code.len(), code[0].start as usize),
        (1, "Like this.\n".len())
    );
    assert_eq!(code[0].end as usize, passages[1].text.len());
}

#[test]
fn long_code_is_divided_between_lines_and_keeps_its_indents() {
    let code = "fn f() {\n    g(1, 2);\n\n    h();\n}\n".repeat(40);
    let passages = split_blocks(vec![block(BlockKind::Code, code.trim())]);
    assert!(passages.len() > 2);
    let lines: Vec<&str> = code.lines().filter(|line| !line.is_empty()).collect();
    let kept = passages
        .iter()
        .flat_map(|p| p.text.lines())
        .filter(|line| !line.is_empty());
    assert_eq!(kept.collect::<Vec<_>>(), lines);
}

#[test]
fn every_part_of_a_table_begins_with_its_own_header() {
    let header = || block(BlockKind::Table(Row::Header), "Joint | Gain");
    let row = |i: usize| block(BlockKind::Table(Row::Next), format!("joint {i} | {i}"));
    let bare = block(BlockKind::Table(Row::First), "a | b");
    let blocks = std::iter::once(header())
        .chain((0..100).map(row))
        .chain([bare, row(1)])
        .collect();
    let passages = split_blocks(blocks);
    assert!(passages.len() > 2);
    for passage in &passages {
        assert!(pieces(&passage.text) <= LIMIT);
        assert!(
            passage.text.starts_with("Joint | Gain\njoint"),
            "{}",
            passage.text
        );
    }
    let rows = passages
        .iter()
        .flat_map(|p| p.text.lines())
        .filter(|line| *line != "Joint | Gain");
    assert_eq!(rows.count(), 102);
}

#[test]
fn a_word_or_a_line_of_code_above_the_limit_stays_whole() {
    let word = "a".repeat(3_000);
    let text = format!("before {word} after");
    let passages = split_blocks(vec![block(BlockKind::Paragraph, &text)]);
    assert!(passages.iter().any(|p| p.text == word));
    assert_eq!(
        without_space(passages.into_iter().map(|p| p.text)),
        without_space([text])
    );
    let line = "x + ".repeat(400);
    let passages = split_blocks(vec![block(BlockKind::Code, format!("y\n{line}z\ny"))]);
    assert!(passages.iter().any(|p| p.text == format!("{line}z")));
}

#[test]
fn text_without_spaces_or_stops_is_divided_between_its_words() {
    let passages = split_blocks(vec![block(BlockKind::Paragraph, "机器人".repeat(1_000))]);
    assert!(passages.iter().all(|p| pieces(&p.text) <= LIMIT));
    assert_eq!(
        passages.into_iter().map(|p| p.text).collect::<String>(),
        "机器人".repeat(1_000)
    );
}

#[test]
fn a_count_that_grows_when_texts_are_joined_still_keeps_the_limit() {
    let blocks = (0..40)
        .map(|i| block(BlockKind::Paragraph, format!("{i}")))
        .collect();
    let mut squared = |text: &str| text.split_whitespace().count().pow(2);
    let passages = split(&document(blocks), 16, &mut squared);
    assert!(passages.iter().all(|p| squared(&p.text) <= 16));
    let numbers: Vec<_> = passages.iter().flat_map(|p| p.text.split('\n')).collect();
    assert_eq!(numbers, (0..40).map(|i| i.to_string()).collect::<Vec<_>>());
}

#[test]
fn five_megabytes_without_a_stop_are_divided_in_linear_time() {
    for text in ["walk ", "机", "a. ", "e.g. ", "x"].map(|part| part.repeat((5 << 20) / part.len()))
    {
        let (mut calls, mut bytes) = (0, 0);
        let mut count = |text: &str| {
            calls += 1;
            bytes += text.len();
            pieces(text)
        };
        let doc = document(vec![block(BlockKind::Paragraph, text.trim())]);
        let passages = split(&doc, LIMIT, &mut count);
        assert_eq!(
            without_space(passages.into_iter().map(|p| p.text)),
            without_space([text.clone()])
        );
        assert!(
            bytes <= 4 * text.len() && calls <= text.len(),
            "{calls} calls, {bytes} bytes"
        );
    }
}

#[test]
fn passages_are_of_a_good_length() {
    let blocks = (0..60)
        .map(|i| block(BlockKind::Paragraph, prose(20 + i * 7 % 60)))
        .collect();
    let lengths: Vec<usize> = split_blocks(blocks)
        .iter()
        .map(|p| pieces(&p.text))
        .collect();
    let mean = lengths.iter().sum::<usize>() / lengths.len();
    assert!((170..=215).contains(&mean), "{lengths:?}");
    assert!(lengths.iter().all(|&length| length >= 100), "{lengths:?}");
}
