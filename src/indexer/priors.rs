//! What the author of a site gives whole folders of it.

use lectern_core::address::holds;
use lectern_core::{NoPrior, Prior};

/// Priors of pages by the folder they are in. What a page says about itself
/// (`<meta name="lectern:prior" content="0.5">`) goes before.
#[derive(Debug, Clone, Default)]
pub struct Priors {
    folders: Vec<(String, Prior)>,
}

impl Priors {
    /// Gives a prior to the page or the folder `path` below the site's base URL: `blog`, `/docs/next/`.
    ///
    /// # Errors
    /// [`NoPrior`] for a factor out of bounds.
    pub fn add(&mut self, path: &str, factor: f32) -> Result<(), NoPrior> {
        let prior = Prior::new(factor).ok_or_else(|| NoPrior(factor.to_string()))?;
        self.folders
            .push((path.trim_matches('/').to_owned(), prior));
        Ok(())
    }

    /// The prior of the page at `url`: that of the longest path that holds it, the last of equals.
    pub fn of(&self, url: &str) -> Prior {
        let folders = self.folders.iter();
        let holding = folders.filter(|(folder, _)| holds(folder, url));
        let longest = holding.max_by_key(|(folder, _)| folder.len());
        longest.map_or_else(Prior::default, |&(_, prior)| prior)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_that_holds_a_page_gives_its_prior() {
        let mut priors = Priors::default();
        for (path, factor) in [
            ("/blog", 0.5),
            ("blog/2026/", 2.0),
            ("docs", 1.5),
            ("docs", 1.25),
        ] {
            priors.add(path, factor).unwrap();
        }
        for (url, factor) in [
            ("blog", 0.5),
            ("blog.html", 0.5),
            ("blog/2025/a", 0.5),
            ("blog/2026/a", 2.0),
            ("blogs/a", 1.0),
            ("docs/", 1.25),
            ("", 1.0),
        ] {
            assert_eq!(priors.of(url).factor(), factor, "{url}");
        }
        priors.add("/", 0.75).unwrap();
        assert_eq!(priors.of("about").factor(), 0.75);
        assert!(priors.add("x", 9.0).is_err());
    }
}
