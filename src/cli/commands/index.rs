//! `lectern index`: from a folder of built pages to a shelf.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use lectern_indexer::{Indexer, Options, Summary};

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
  lectern index build --out build/lectern --words-only

Every .html file below BUILD_DIR is read, but for those in hidden folders, behind symbolic links and
in the shelf itself. The shelf replaces an older one in DIR at once and whole.

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
    let pages = walk::html_files(&args.build_dir, &args.out)?;
    let title = args
        .title
        .map_or_else(|| paths::folder_name(&args.build_dir), Ok)?;
    let options = Options { title };
    let (indexer, counts, cache_failure) = if args.words_only {
        let mut indexer = Indexer::of_words(options);
        read(&mut indexer, &pages, reporting)?;
        (indexer, None, None)
    } else {
        let model = paths::read_model(args.model.model)?;
        let indexer = Indexer::new(model.clone(), options);
        let mut indexer = indexer.context("the model cannot be used")?;
        read(&mut indexer, &pages, reporting)?;
        let source = Source::new(&model, args.work, reporting)?;
        let counts = source.fill(&mut indexer)?;
        (indexer, Some(counts), source.cache_failure())
    };
    let shelf = indexer.finish()?;
    publish::publish(&args.out, &shelf.files)?;
    warn(&shelf.summary, cache_failure);
    if !args.quiet {
        report(&shelf.summary, counts, start, &args.out)?;
    }
    Ok(Outcome::Yes)
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
