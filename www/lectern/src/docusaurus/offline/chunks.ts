import type { Compiler, StatsChunk, StatsCompilation } from 'webpack';

/**
 * A plugin of webpack and Rspack that finds out which scripts search and the panel consist of: those of every page,
 * and those that are loaded from parts of the theme. What is left belongs to pages.
 */
export class SearchScripts {
  private found?: Set<string>;

  /** Their names, relative to the built site; undefined when nothing was built. */
  get names(): ReadonlySet<string> | undefined {
    return this.found;
  }

  /** Called by the bundler. */
  apply(compiler: Pick<Compiler, 'hooks'>): void {
    compiler.hooks.done.tap('lectern', (stats) => {
      this.found = searchScripts(stats.toJson(WANTED));
    });
  }
}

const WANTED = {
  all: false,
  chunks: true,
  chunkModules: true,
  chunkOrigins: true,
  ids: true,
  nestedModules: true,
};

/** The scripts of chunks that every page loads, of workers, and those that parts of search load, one from another. */
export function searchScripts({ chunks = [] }: StatsCompilation): Set<string> {
  // Rspack knows of no origin of a worker's chunk.
  const isBegin = ({ initial, origins }: StatsChunk) => initial || !origins?.length;
  const found = new Set<StatsChunk>(chunks.filter(isBegin));
  const modules = new Set<string>();
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const chunk of chunks) {
      if (
        found.has(chunk) ||
        !(chunk.origins ?? []).some((origin) => isOfSearch(origin, modules))
      ) {
        continue;
      }
      found.add(chunk);
      for (const { identifier } of chunk.modules ?? []) if (identifier) modules.add(identifier);
    }
  }
  return new Set(
    [...found].flatMap(({ files = [] }) => files).filter((file) => /\.js$/.test(file)),
  );
}

function isOfSearch(
  { request = '', moduleIdentifier = '' }: NonNullable<StatsChunk['origins']>[number],
  modules: ReadonlySet<string>,
): boolean {
  return THEME.test(request) || PACKAGE.test(moduleIdentifier) || modules.has(moduleIdentifier);
}

/** Parts that are loaded on their own, and the pages that a copy without pages has. */
const THEME = /^@theme\/(SearchBar|SearchPage|AskPanel|Account|Retell|Offline\w*|NotFound)\b/;

/** Modules of this package. */
const PACKAGE = /[\\/]lectern[\\/]dist[\\/]/;
