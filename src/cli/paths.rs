//! Where things are when the command line does not say.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{files, models};

/// The environment's say in which model file is used.
const MODEL: &str = "LECTERN_MODEL";

/// The model file: the given one, else `$LECTERN_MODEL`, else the one in the user's cache.
pub fn model_file(given: Option<PathBuf>) -> Result<PathBuf> {
    let named = given.or_else(|| variable(MODEL));
    named.map_or_else(|| Ok(cache()?.join(models::known()?.lectern.file)), Ok)
}

/// The content of the model file.
pub fn read_model(given: Option<PathBuf>) -> Result<Vec<u8>> {
    let path = model_file(given)?;
    if !path.exists() {
        bail!(
            "there is no model at {}: run `lectern model fetch`, or name a model file with --model",
            path.display()
        );
    }
    files::read(&path)
}

/// The folder that keeps vectors: the given one, else the one in the user's cache.
pub fn vector_cache(given: Option<PathBuf>) -> Result<PathBuf> {
    given.map_or_else(|| Ok(cache()?.join("vectors")), Ok)
}

/// The last part of a folder's real path, for a folder named `.` as well.
pub fn folder_name(folder: &Path) -> Result<String> {
    let real = folder.canonicalize();
    let real = real.with_context(|| format!("cannot read {}", folder.display()))?;
    let name = real
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    name.with_context(|| format!("{} has no name: give one yourself", folder.display()))
}

/// Lectern's part of the user's cache, as the XDG Base Directory Specification places it.
fn cache() -> Result<PathBuf> {
    let home = || variable("HOME").map(|home| home.join(".cache"));
    let xdg = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let base = xdg.or_else(home);
    base.map(|base| base.join("lectern")).context(
        "there is no home folder to keep files in: set HOME, or name files with --model and --cache",
    )
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
