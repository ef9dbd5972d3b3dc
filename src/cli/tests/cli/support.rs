//! A folder for each test, and the command run inside it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use lectern_indexer::model::testing;
use tempfile::TempDir;

/// A temporary folder with a tiny model, an own cache and whatever the test writes.
pub struct Place {
    folder: TempDir,
}

/// What a run of the command came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        place.write("tiny.lectern", testing::tiny(1).unwrap());
        place
    }

    /// A place with a site of three pages and its shelf, in `site` and `shelf`.
    pub fn with_shelf() -> Self {
        let place = Self::new();
        place.write("site/walking.html", page("Walking", WALKING));
        place.write("site/grasping/index.html", page("Grasping", GRASPING));
        place.write("site/seeing.html", page("Seeing", SEEING));
        place.run(["index", "site", "--out", "shelf"]).expect(0);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Names and contents of the files in a folder, in order.
    pub fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.path(name)).unwrap().map(Result::unwrap);
        let mut files: Vec<_> = entries
            .map(|entry| {
                (
                    entry.file_name().into_string().unwrap(),
                    fs::read(entry.path()).unwrap(),
                )
            })
            .collect();
        files.sort();
        files
    }

    /// The file of a section of `shelf`.
    pub fn section(&self, kind: &str) -> PathBuf {
        self.section_of("shelf", kind)
    }

    /// The file of a section of the shelf in a folder.
    pub fn section_of(&self, shelf: &str, kind: &str) -> PathBuf {
        let mut names = self.files(shelf).into_iter().map(|(name, _)| name);
        self.path(shelf)
            .join(names.find(|name| name.starts_with(kind)).unwrap())
    }

    /// The command, to be run in this place.
    pub fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lectern"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("LECTERN_MODEL", self.path("tiny.lectern"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .stdin(Stdio::null());
        command
    }

    pub fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Ran {
    /// Fails unless the exit code is this.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// Fails unless this is an error that says all of `parts`; progress may stand before it.
    #[track_caller]
    pub fn expect_error(self, parts: &[&str]) {
        assert_eq!(self.code, 2, "{self:?}");
        let error = self.stderr.lines().last().unwrap_or_default();
        assert!(error.starts_with("lectern: error: "), "{self:?}");
        for part in parts {
            assert!(error.contains(part), "no {part:?} in {self:?}");
        }
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// A page as a static site generator writes it.
pub fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=en><title>{title}</title><nav>menu</nav>\
         <main><h1>{title}</h1>{content}</main>"
    )
}

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The real model, which `scripts/test` provides.
pub fn real_model() -> PathBuf {
    let named = env::var_os("LECTERN_MODEL").map(PathBuf::from);
    let path = named.unwrap_or_else(|| root().join(".cache/models/all-MiniLM-L6-v2.lectern"));
    assert!(
        path.exists(),
        "{} is missing: run scripts/setup model",
        path.display()
    );
    path
}

const WALKING: &str = "<p>A biped walks by falling and catching itself.</p>\
    <h2 id=balance>Balance</h2><p>The zero moment point stays inside the support polygon.</p>\
    <h2 id=code>In code</h2><pre><code>robot.set_step_height(0.05)\nrobot.walk()</code></pre>";
const GRASPING: &str = "<p>A gripper closes until friction holds the object.</p>\
    <h2 id=force>Force closure</h2><p>Contact forces resist every disturbance.</p>";
const SEEING: &str = "<p>Cameras see colour, lidar sees distance.</p>\
    <h2 id=depth>Depth</h2><p>Two cameras measure depth by disparity.</p>";
