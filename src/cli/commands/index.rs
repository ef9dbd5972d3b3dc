//! `lectern index`: from a folder of built pages to a shelf.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use globset::Glob;
use lectern_core::Prior;
use lectern_core::shelf::MANIFEST;
use lectern_indexer::{Indexer, Options, Previous, Priors, Shelf, Summary};

use crate::Outcome;
use crate::args::{ModelArg, WorkArgs};
use crate::embed::{Counts, Source};
use crate::progress::{Progress, Reporting};
use crate::terminal::{harmless, size, stdout};
use crate::{files, paths, publish, walk};

const EXAMPLES: &str = "\
Examples:
  lectern index build --out build/lectern
  lectern index site/public --out shelf --title \"The Robot Book\" --threads 4
  lectern index build --out build/lectern --prior blog=0.5 --prior docs/next=0.25
  lectern index build --out build/lectern --ignore 'docs/drafts/**' --ignore '**/changelog.html'
  lectern index build --out build/lectern --words-only
  lectern index build --out build/lectern --changed-only

Every .html file below BUILD_DIR is read, but for those in hidden folders, behind symbolic links and
in the shelf itself. The shelf replaces an older one in DIR at once and whole.

With --changed-only pages that say what they said, the blocks of the index that hold them, the cells and
the small encoder stay as they are. Make the index anew now and then: the small encoder knows the new
pages' words only then.

A book of words alone is searched with `lectern search --mode words`.";

/// Arguments of `lectern index`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder that the site is built into
    build_dir: PathBuf,
    /// Folder to write the shelf to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Title of the book [default: the name of BUILD_DIR]
    #[arg(long)]
    title: Option<String>,
    /// Pages to leave out, by their paths below BUILD_DIR; `*` stands for a part of a name, `**` for
    /// any folders; may be given again
    #[arg(long, value_name = "GLOB", value_parser = walk::glob)]
    ignore: Vec<Glob>,
    /// How likely pages are what readers look for: a factor, 0.25 to 4, of the scores of a page or of
    /// all pages of a folder; may be given again
    #[arg(long, value_name = "PATH=FACTOR", value_parser = prior)]
    prior: Vec<(String, f32)>,
    /// Take over from the index that is in DIR what has not changed, so that a deployment uploads little
    #[arg(long)]
    changed_only: bool,
    /// Make a book that is searched by words alone: much smaller, in no time, with no model
    #[arg(long, conflicts_with_all = ["model", "cache", "threads"])]
    words_only: bool,
    #[command(flatten)]
    model: ModelArg,
    #[command(flatten)]
    work: WorkArgs,
    /// Print nothing but warnings and errors
    #[arg(long, short)]
    quiet: bool,
}

/// Indexes the site; nothing is written before everything is computed.
pub fn run(args: Args) -> Result<Outcome> {
    let start = Instant::now();
    let reporting = if args.quiet {
        Reporting::Quiet
    } else {
        Reporting::Shown
    };
    publish::check_target(&args.out, &args.build_dir)?;
    let pages = walk::html_files(&args.build_dir, &args.out, &args.ignore)?;
    let title = args
        .title
        .map_or_else(|| paths::folder_name(&args.build_dir), Ok)?;
    let mut priors = Priors::default();
    for (path, factor) in &args.prior {
        priors.add(path, *factor)?;
    }
    let options = Options { title, priors };
    let previous = args.changed_only.then(|| previous(&args.out)).flatten();
    let made = if args.words_only {
        let mut indexer = Indexer::of_words(options);
        read(&mut indexer, &pages, reporting)?;
        Made {
            shelf: finish(indexer, previous.as_ref())?,
            counts: None,
            cache_failure: None,
        }
    } else {
        let model = paths::read_model(args.model.model)?;
        let indexer = Indexer::new(model.clone(), options);
        let mut indexer = indexer.context("the model cannot be used")?;
        read(&mut indexer, &pages, reporting)?;
        let source = Source::new(&model, args.work, reporting)?;
        let counts = source.fill(&mut indexer, previous.as_ref().map(Previous::hash))?;
        let table = indexer.distil(&mut |_| {})?;
        let shelf = finish(indexer, previous.as_ref())?;
        source.keep_table(&shelf.hash, &table);
        Made {
            shelf,
            counts: Some(counts),
            cache_failure: source.cache_failure(),
        }
    };
    let changes = Changes::of(&made.shelf, &args.out);
    publish::publish(&args.out, &made.shelf.files)?;
    warn(&made.shelf.summary, made.cache_failure);
    if !args.quiet {
        report(&made.shelf.summary, made.counts, start, &args.out)?;
        if args.changed_only {
            writeln!(stdout(), "{changes}")?;
        }
    }
    Ok(Outcome::Yes)
}

/// An index and how it came about.
struct Made {
    shelf: Shelf,
    counts: Option<Counts>,
    cache_failure: Option<anyhow::Error>,
}

/// The index in a folder, if it can be read.
fn previous(dir: &Path) -> Option<Previous> {
    let mut read = |name: &str| std::fs::read(dir.join(name));
    match Previous::open(&mut read) {
        Ok(previous) => Some(previous),
        Err(error) => {
            // A warning that cannot be shown must not fail an index.
            let _ = writeln!(
                std::io::stderr(),
                "lectern: warning: nothing is taken over from {}: {}",
                dir.display(),
                harmless(&error.to_string())
            );
            None
        }
    }
}

fn finish(indexer: Indexer, previous: Option<&Previous>) -> Result<Shelf> {
    Ok(match previous {
        Some(previous) => indexer.finish_after(previous)?,
        None => indexer.finish()?,
    })
}

/// What a deployment uploads of an index whose predecessor is online.
struct Changes {
    files: usize,
    new: usize,
    bytes: u64,
}

impl Changes {
    /// Names never change their content, so a name that is there already need not be uploaded.
    fn of(shelf: &Shelf, dir: &Path) -> Self {
        let new = shelf.files.iter();
        let new = new.filter(|file| file.name == MANIFEST || !dir.join(&file.name).exists());
        let (count, bytes) = new.fold((0, 0), |(count, bytes), file| {
            (count + 1, bytes + file.bytes.len() as u64)
        });
        Self {
            files: shelf.files.len(),
            new: count,
            bytes,
        }
    }
}

impl std::fmt::Display for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { files, new, bytes } = self;
        write!(
            f,
            "{new} of {files} files are new: {} to upload",
            size(*bytes)
        )
    }
}

/// `blog=0.5`.
fn prior(text: &str) -> Result<(String, f32)> {
    let (path, factor) = text
        .rsplit_once('=')
        .context("a path and a factor are needed, as in blog=0.5")?;
    let factor: Prior = factor.parse()?;
    Ok((path.to_owned(), factor.factor()))
}

fn read(indexer: &mut Indexer, pages: &[walk::PageFile], reporting: Reporting) -> Result<()> {
    let progress = Progress::start("reading pages", pages.len(), reporting);
    for page in pages {
        indexer.add_page(&page.name, &files::read(&page.path)?)?;
        progress.step();
    }
    Ok(())
}

fn warn(summary: &Summary, cache_failure: Option<anyhow::Error>) {
    let mut lines: Vec<String> = summary
        .warnings
        .iter()
        .map(|(page, what)| format!("{page} {what}"))
        .collect();
    if let Some(error) = cache_failure {
        lines.push(format!("vectors were not kept for the next run: {error:#}"));
    }
    for line in lines {
        // A warning that cannot be shown must not fail an index that is written.
        let _ = writeln!(std::io::stderr(), "lectern: warning: {}", harmless(&line));
    }
}

fn report(summary: &Summary, counts: Option<Counts>, start: Instant, dir: &Path) -> Result<()> {
    let mut out = stdout();
    let seconds = start.elapsed().as_secs_f64();
    let embedded = counts.map_or_else(String::new, |Counts { embedded, cached }| {
        format!(" ({embedded} embedded, {cached} from the cache)")
    });
    writeln!(
        out,
        "{} pages, {} passages{embedded} in {seconds:.1} s",
        summary.pages, summary.passages
    )?;
    let skipped = summary.skipped.len();
    if skipped > 0 {
        writeln!(
            out,
            "{skipped} files left out (lists, redirects, pages without text)"
        )?;
    }
    writeln!(out, "{}: {}", dir.display(), size(summary.bytes as u64))?;
    out.flush()?;
    Ok(())
}
