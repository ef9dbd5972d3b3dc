import { Store } from '../state/store.js';
import { cover } from './cover.js';
import { holds, longestOf, type Version, type VersionChoice } from './versions.js';

/** What a reader restricts a search to. */
export interface Filters {
  /** Id of a section. */
  readonly section?: string;
  /** Id of a version of the documents; what is read, unless told. */
  readonly version?: string;
  /** Another language of the site. */
  readonly locale?: string;
}

/** A part of the book, as its table of contents has it. */
export interface Section {
  /** Where it begins, below the site's base URL: stays the same in all languages. */
  id: string;
  label: string;
  /** Its pages, as `cover` names them. */
  within: string[];
}

/** No restriction. */
export const EVERYWHERE: Filters = Object.freeze({});

/** The filters of the dialog, which stay until the page is left. */
export const dialogFilters = new Store<Filters>(EVERYWHERE);

const NAMES = ['section', 'version', 'locale'] as const;

/** True where a reader has chosen anything. */
export function isFiltered(filters: Filters): boolean {
  return NAMES.some((name) => filters[name] !== undefined);
}

/** The filters in an address. */
export function readFilters(parameters: URLSearchParams): Filters {
  const given = NAMES.map((name) => [name, parameters.get(name) || undefined] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** Puts filters into an address. */
export function writeFilters(parameters: URLSearchParams, filters: Filters): void {
  for (const name of NAMES) {
    const value = filters[name];
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
  }
}

/**
 * What to search within, as the engine takes it: a section, or of all pages those that belong to no version but
 * one in `shown`. Undefined for everything. All paths are below the base URL.
 */
export function withinOf(
  section: Section | undefined,
  choices: VersionChoice[],
  shown: Version[],
  pages: () => string[],
): string[] | undefined {
  if (section) return section.within;
  const wanted = new Set(shown.map(({ id }) => id));
  const versions = choices.flatMap((choice) => choice.versions);
  if (versions.length === wanted.size) return undefined;
  const [visible, hidden]: [string[], string[]] = [[], []];
  for (const page of pages()) {
    const owner = longestOf(versions.filter((version) => holds(version, page)));
    (owner === undefined || wanted.has(owner.id) ? visible : hidden).push(page);
  }
  return hidden.length === 0 ? undefined : cover(visible, hidden);
}

/** The sections of the versions that are shown. */
export function sectionsIn(
  sections: Section[],
  choices: VersionChoice[],
  shown: Version[],
): Section[] {
  const wanted = new Set(shown.map(({ id }) => id));
  const all = choices.flatMap(({ versions }) => versions);
  return sections.filter(({ id }) => {
    const owner = longestOf(all.filter((version) => holds(version, id)));
    return owner === undefined || wanted.has(owner.id);
  });
}
