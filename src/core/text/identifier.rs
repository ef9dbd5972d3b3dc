//! Identifiers of code and the words they are made of.

use std::ops::Range;

/// Characters that join the segments of an identifier.
pub const SEPARATORS: [char; 4] = ['_', ':', '.', '-'];

/// Those of them that join names: `std::vector`, `nav2_params.yaml`.
pub const PATH_SEPARATORS: [char; 2] = [':', '.'];

/// Byte ranges of the pieces between `separators`, empty ones left out: `nav2_params.yaml` gives
/// `nav2`, `params`, `yaml` with [`SEPARATORS`].
pub fn segments(identifier: &str, separators: &[char]) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut found = Vec::new();
    for piece in identifier.split(separators) {
        if !piece.is_empty() {
            found.push(start..start + piece.len());
        }
        start += piece.len() + 1;
    }
    found
}

/// Byte ranges of the humps of one segment, one after the other: `createRclcppNode` gives
/// `create`, `Rclcpp`, `Node`; `XMLHttp` gives `XML`, `Http`; `ros2` gives `ros`, `2`.
///
/// Names that only look cut stay whole: `x86`, `3D`, `URLs`, `QoS`.
pub fn humps(segment: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = segment.char_indices().collect();
    let mut found = Vec::new();
    let mut first = 0;
    for i in 1..chars.len() {
        if is_boundary(&chars, first, i) {
            found.push(chars[first].0..chars[i].0);
            first = i;
        }
    }
    if let Some(&(start, _)) = chars.get(first) {
        found.push(start..segment.len());
    }
    found
}

/// Whether a hump that began at character `first` ends before character `i`.
fn is_boundary(chars: &[(usize, char)], first: usize, i: usize) -> bool {
    let (before, here) = (chars[i - 1].1, chars[i].1);
    let lower_follows = chars.get(i + 1).is_some_and(|next| next.1.is_lowercase());
    if here.is_uppercase() {
        let plural = i + 2 == chars.len() && chars[i + 1].1 == 's';
        let last = i + 1 == chars.len();
        return (before.is_lowercase() && !last)
            || (before.is_uppercase() && lower_follows && !plural)
            || (before.is_numeric() && lower_follows);
    }
    here.is_numeric() && before.is_alphabetic() && i - first >= MIN_LETTERS
}

/// Fewest letters before a digit that are a word of their own: `ros2`, not `x86`.
const MIN_LETTERS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn split(name: &str) -> Vec<Vec<&str>> {
        let cut = |s: &Range<usize>| {
            let segment = &name[s.clone()];
            humps(segment).into_iter().map(|h| &segment[h]).collect()
        };
        segments(name, &SEPARATORS).iter().map(cut).collect()
    }

    #[test]
    fn names_come_apart_at_case_digits_and_punctuation() {
        assert_eq!(split("createRclcppNode"), [["create", "Rclcpp", "Node"]]);
        assert_eq!(split("XMLHttpRequest"), [["XML", "Http", "Request"]]);
        assert_eq!(split("ros2_control"), [vec!["ros", "2"], vec!["control"]]);
        assert_eq!(split("std::vector"), [["std"], ["vector"]]);
        assert_eq!(split("Node2Publisher"), [["Node", "2", "Publisher"]]);
        assert_eq!(split("__init__"), [["init"]]);
        assert_eq!(split("ÉtatFinal"), [["État", "Final"]]);
    }

    #[test]
    fn names_that_only_look_cut_stay_whole() {
        for name in [
            "x86", "3D", "URLs", "19th", "robot", "B2B", "GPU", "QoS", "IoT",
        ] {
            assert_eq!(split(name), [[name]]);
        }
        assert!(split("").is_empty() && split("_:.").is_empty());
    }
}
