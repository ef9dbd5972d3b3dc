//! Addresses of pages below a site's base URL, however they are written.

/// An address as all ways to write it have it in common: `/docs/ros2/`, `docs/ros2.html`,
/// `docs/ros2/index.html` and `docs/ros2#nodes` are `docs/ros2`, the front page is empty.
pub fn path(address: &str) -> &str {
    let end = address.bytes().position(|byte| matches!(byte, b'#' | b'?'));
    let path = address.get(..end.unwrap_or(address.len()));
    let path = path.unwrap_or_default().trim_matches('/');
    let path = path.strip_suffix(".html").unwrap_or(path);
    let folder = path.strip_suffix("index");
    let folder = folder.filter(|rest| rest.is_empty() || rest.ends_with('/'));
    folder.unwrap_or(path).trim_end_matches('/')
}

/// Whether the page at the address `url` is in a place: a folder holds the page of its name and all
/// pages below, an address with an anchor (`docs/ros2#`) its page alone.
pub fn holds(place: &str, url: &str) -> bool {
    let folder = path(place);
    let rest = path(url).strip_prefix(folder);
    rest.is_some_and(|rest| match rest.bytes().next() {
        None => true,
        Some(next) => !is_page(place) && (next == b'/' || folder.is_empty()),
    })
}

/// Whether a place is one page and not a folder.
pub(crate) fn is_page(place: &str) -> bool {
    place.contains('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        for written in [
            "docs/ros2",
            "/docs/ros2/",
            "docs/ros2.html",
            "docs/ros2/index.html",
            "docs/ros2/#nodes",
            "/docs/ros2?q=1#a/b",
        ] {
            assert_eq!(path(written), "docs/ros2", "{written}");
        }
        for front in ["", "/", "index.html", "#", "/?q=1"] {
            assert_eq!(path(front), "", "{front}");
        }
        assert_eq!(path("docs/reindex"), "docs/reindex");
    }

    #[test]
    fn a_folder_holds_what_is_below_it_and_a_page_itself() {
        for (place, inside, outside) in [
            (
                "docs/v1",
                &["docs/v1", "docs/v1/", "docs/v1.html", "docs/v1/a"][..],
                &["docs", "docs/v1.2/a", "docs/v10"][..],
            ),
            ("/docs/", &["docs/a/b.html"], &["", "blog"]),
            ("", &["", "a", "a/b"], &[]),
            (
                "docs/v1#",
                &["docs/v1/", "docs/v1.html"],
                &["docs/v1/a", "docs"],
            ),
            ("#", &["", "index.html"], &["a"]),
        ] {
            assert!(inside.iter().all(|url| holds(place, url)), "{place}");
            assert!(!outside.iter().any(|url| holds(place, url)), "{place}");
        }
    }
}
