//! The HTML files of a built site.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use globset::{Glob, GlobBuilder, GlobSet};

/// A page's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    /// Path below the site, with `/`.
    pub name: String,
    /// Where to read it.
    pub path: PathBuf,
}

/// A pattern of paths with `/`, as Docusaurus reads them: `*` stays within a folder.
///
/// # Errors
/// When the pattern is none, with the place where that shows.
pub fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}

/// All `.html` files below `site`, in the order of their names.
///
/// Left out are the folder `except` (a shelf inside its own site), what `ignored` fits, hidden
/// folders, and symbolic links, which may lead anywhere.
pub fn html_files(site: &Path, except: &Path, ignored: &[Glob]) -> Result<Vec<PageFile>> {
    if !site.exists() {
        bail!(
            "there is no folder {}: build the site first",
            site.display()
        );
    }
    if !site.is_dir() {
        bail!(
            "{} is not a folder: name the folder that the site is built into",
            site.display()
        );
    }
    let ignored = GlobSet::new(ignored)?;
    let except = except.canonicalize().ok();
    let mut found = Vec::new();
    let mut folders = vec![(site.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        if except.is_some() && folder.canonicalize().ok() == except {
            continue;
        }
        let context = || format!("cannot read folder {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(context)? {
            let entry = entry.with_context(context)?;
            let own = entry.file_name().to_string_lossy().into_owned();
            let name = format!("{prefix}{own}");
            let kind = entry.file_type().with_context(context)?;
            if kind.is_dir() && !own.starts_with('.') {
                folders.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() && own.ends_with(".html") && !ignored.is_match(&name) {
                found.push(PageFile {
                    name,
                    path: entry.path(),
                });
            }
        }
    }
    if found.is_empty() {
        bail!(
            "{} holds no .html file: build the site first, then name its output folder",
            site.display()
        );
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            crate::files::write(&folder.path().join(name), b"x").unwrap();
        }
        folder
    }

    fn names(site: &Path, except: &str) -> Vec<String> {
        let files = html_files(site, &site.join(except), &[]).unwrap();
        files.into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn pages_come_in_the_order_of_their_names() {
        let site = site(&[
            "b/index.html",
            "a.html",
            "b-c.html",
            "b/a/x.html",
            "style.css",
        ]);
        assert_eq!(
            names(site.path(), "lectern"),
            ["a.html", "b-c.html", "b/a/x.html", "b/index.html"]
        );
    }

    #[test]
    fn the_shelf_itself_and_hidden_folders_are_left_out() {
        let site = site(&[
            "a.html",
            "lectern/x.html",
            "docs/lectern/y.html",
            ".git/z.html",
        ]);
        assert_eq!(
            names(site.path(), "lectern"),
            ["a.html", "docs/lectern/y.html"]
        );
    }

    #[test]
    fn ignored_pages_are_left_out() {
        let site = site(&["a.html", "docs/b.html", "docs/old/c.html", "old/d.html"]);
        let left = |patterns: &[&str]| -> Vec<String> {
            let ignored: Vec<Glob> = patterns.iter().map(|one| glob(one).unwrap()).collect();
            let files = html_files(site.path(), Path::new("none"), &ignored).unwrap();
            files.into_iter().map(|file| file.name).collect()
        };
        assert_eq!(left(&["docs/**"]), ["a.html", "old/d.html"]);
        assert_eq!(
            left(&["docs/*.html", "a.html"]),
            ["docs/old/c.html", "old/d.html"]
        );
        assert_eq!(left(&["**/old/**"]), ["a.html", "docs/b.html"]);
        assert!(glob("docs/[").unwrap_err().to_string().contains("docs/["));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let outside = site(&["secret.html"]);
        let site = site(&["a.html"]);
        std::os::unix::fs::symlink(outside.path(), site.path().join("out")).unwrap();
        std::os::unix::fs::symlink(site.path(), site.path().join("loop")).unwrap();
        assert_eq!(names(site.path(), "lectern"), ["a.html"]);
    }

    #[test]
    fn what_is_missing_is_said() {
        let site = site(&["a.css"]);
        let error = |path: &Path| html_files(path, path, &[]).unwrap_err().to_string();
        assert!(error(&site.path().join("none")).contains("there is no folder"));
        assert!(error(&site.path().join("a.css")).contains("is not a folder"));
        let empty = html_files(site.path(), Path::new("elsewhere"), &[])
            .unwrap_err()
            .to_string();
        assert!(empty.contains("no .html file"), "{empty}");
    }
}
