//! Writing a shelf's folder: all of it or nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lectern_core::shelf::MANIFEST;
use lectern_indexer::File;
use serde_json::Value;

use crate::files::sibling;

/// Fails unless a shelf for `site` may take the place of `dir`: `dir` is not there, is empty, or is
/// a shelf of any version.
pub fn check_target(dir: &Path, site: &Path) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    if !dir.is_dir() {
        bail!("{} is a file: name a folder for the shelf", dir.display());
    }
    let context = || format!("cannot read folder {}", dir.display());
    if let (Ok(dir), Ok(site)) = (dir.canonicalize(), site.canonicalize())
        && site.starts_with(&dir)
    {
        bail!(
            "{} holds the site itself: give the shelf a folder of its own",
            dir.display()
        );
    }
    let empty = fs::read_dir(dir).with_context(context)?.next().is_none();
    if empty || is_shelf(dir) {
        return Ok(());
    }
    bail!(
        "{} is not empty and holds no Lectern shelf, so it is left alone: \
         name another folder, or empty this one",
        dir.display()
    )
}

/// Puts the files in place of `dir`.
///
/// They are written beside it first, and then the two change places by renaming: readers see the
/// old shelf or the new one. When anything fails the old shelf stays.
pub fn publish(dir: &Path, shelf: &[File]) -> Result<()> {
    let context = || format!("cannot write the shelf {}", dir.display());
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).with_context(context)?;
    }
    // Its real path, so that what a link points to is replaced, and `.` has a name.
    let real = dir.canonicalize();
    let dir = real.as_deref().unwrap_or(dir);
    let new = Staging(sibling(dir, "new"));
    fs::create_dir(&new.0).with_context(context)?;
    for file in shelf {
        let path = new.0.join(&file.name);
        fs::write(&path, &file.bytes)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if !dir.exists() {
        return fs::rename(&new.0, dir).with_context(context);
    }
    let old = sibling(dir, "old");
    fs::rename(dir, &old).with_context(context)?;
    if let Err(error) = fs::rename(&new.0, dir) {
        fs::rename(&old, dir).with_context(|| format!("the old shelf is now {}", old.display()))?;
        return Err(error).with_context(context);
    }
    // The new shelf is there; what is left of the old one does no harm.
    let _ = fs::remove_dir_all(&old);
    Ok(())
}

/// The folder that files are written into; gone unless it was renamed.
struct Staging(PathBuf);

impl Drop for Staging {
    fn drop(&mut self) {
        // Renamed away already when all went well.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether there is a manifest like ours (web apps have a `manifest.json` too), or a damaged one
/// among nothing but sections.
fn is_shelf(dir: &Path) -> bool {
    let Ok(manifest) = fs::read(dir.join(MANIFEST)) else {
        return false;
    };
    let json: Value = serde_json::from_slice(&manifest).unwrap_or_default();
    let ours =
        json["version"].is_u64() && json["generator"].is_string() && json["sections"].is_array();
    ours || holds_sections_alone(dir)
}

/// Whether all files but the manifest are sections, and there are some.
fn holds_sections_alone(dir: &Path) -> bool {
    let Ok(entries) = fs::read_dir(dir) else {
        return false;
    };
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    let mut others = names.iter().filter(|name| *name != MANIFEST);
    names.len() > 1 && others.all(|name| name.to_string_lossy().ends_with(".lectern"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &[u8] = br#"{"version": 9, "generator": "9", "sections": []}"#;

    fn shelf(names: &[&str]) -> Vec<File> {
        let file = |name: &&str| File {
            name: (*name).to_owned(),
            bytes: OURS.to_vec(),
        };
        names.iter().map(file).collect()
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_shelf_replaces_the_old_one_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("site/lectern");
        publish(&dir, &shelf(&["a", MANIFEST])).unwrap();
        check_target(&dir, &folder.path().join("site")).unwrap();
        publish(&dir, &shelf(&["b", MANIFEST])).unwrap();
        assert_eq!(names(&dir), ["b", MANIFEST]);
        assert_eq!(names(dir.parent().unwrap()), ["lectern"]);
    }

    #[test]
    fn a_failed_write_leaves_the_old_shelf() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("lectern");
        publish(&dir, &shelf(&["a", MANIFEST])).unwrap();
        let error = publish(&dir, &shelf(&["b", "no/such/folder"])).unwrap_err();
        assert!(format!("{error:#}").contains("cannot write"), "{error:#}");
        assert_eq!(names(&dir), ["a", MANIFEST]);
        assert_eq!(names(folder.path()), ["lectern"]);
    }

    #[test]
    fn other_peoples_folders_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (dir, site) = (folder.path().join("out"), folder.path().join("site"));
        assert!(check_target(&dir, &site).is_ok(), "not there");
        fs::create_dir(&dir).unwrap();
        assert!(check_target(&dir, &site).is_ok(), "empty");
        fs::write(dir.join(MANIFEST), r#"{"name": "a web app"}"#).unwrap();
        let error = check_target(&dir, &site).unwrap_err().to_string();
        assert!(error.contains("left alone"), "{error}");
        fs::write(dir.join("my-model.lectern"), "").unwrap();
        fs::remove_file(dir.join(MANIFEST)).unwrap();
        assert!(check_target(&dir, &site).is_err(), "a folder of models");
    }

    #[test]
    fn a_damaged_shelf_can_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("lectern");
        publish(&dir, &shelf(&["a.lectern", MANIFEST])).unwrap();
        fs::write(dir.join(MANIFEST), "{\"version\": 1, \"gen").unwrap();
        assert!(check_target(&dir, folder.path()).is_ok());
        fs::write(dir.join("notes.txt"), "mine").unwrap();
        assert!(check_target(&dir, folder.path()).is_err());
    }

    #[test]
    fn a_shelf_cannot_replace_its_site() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(MANIFEST), OURS).unwrap();
        let site = folder.path().join("site");
        fs::create_dir(&site).unwrap();
        assert!(check_target(folder.path(), &site).is_err());
        assert!(check_target(folder.path(), folder.path()).is_err());
    }
}
