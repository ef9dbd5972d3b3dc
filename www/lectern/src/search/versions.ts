/** A version of a site's documentation. */
export interface Version {
  /** Its name, with that of the plugin instance where it is not the default one. */
  id: string;
  label: string;
  /** Where its pages are, below the site's base URL. */
  path: string;
  isLast: boolean;
  /** The pages of a version that begins at the base URL itself, where others' pages are too. */
  pages?: ReadonlySet<string>;
}

/** The versions of one set of documents, of which a reader wants one. */
export interface VersionChoice {
  /** The plugin instance. */
  instance: string;
  versions: Version[];
}

/** What the docs plugin says of itself on every page: for each instance, its versions. */
type DocsData = Record<string, unknown> | undefined;

interface RawVersion {
  name: string;
  label: string;
  path: string;
  isLast: boolean;
  docs?: { path: string }[];
}

/** The choices that a site's documents give: none where each has one version alone. */
export function versionsOf(data: DocsData, baseUrl: string): VersionChoice[] {
  return Object.entries(data ?? {})
    .map(([instance, value]) => {
      const { versions = [] } = value as { versions?: RawVersion[] };
      return { instance, versions: versions.map((raw) => versionOf(instance, raw, baseUrl)) };
    })
    .filter(({ versions }) => versions.length > 1);
}

/**
 * The version of each choice that a reader is likely to want: that of the page which is read, else the one
 * chosen last, else the latest.
 */
export function versionsAt(
  choices: VersionChoice[],
  path: string,
  preferred: (instance: string) => string | undefined,
): Version[] {
  return choices.map(({ instance, versions }) => {
    const chosen = idOf(instance, preferred(instance) ?? '');
    return (
      longestOf(versions.filter((version) => holds(version, path))) ??
      versions.find(({ id }) => id === chosen) ??
      versions.find(({ isLast }) => isLast) ??
      versions[0]!
    );
  });
}

/** Whether a page, or a folder of pages, is one of a version's; both below the base URL. */
export function holds({ path: folder, pages }: Version, path: string): boolean {
  if (!pages) return isBelow(path, folder);
  return pages.has(path) || [...pages].some((page) => path !== '' && isBelow(page, path));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The version with the longest path: versions lie below one another. */
export function longestOf(versions: Version[]): Version | undefined {
  return [...versions].sort((a, b) => b.path.length - a.path.length)[0];
}

function versionOf(instance: string, raw: RawVersion, baseUrl: string): Version {
  const { name, label, isLast, docs = [] } = raw;
  const below = (path: string) =>
    (`${path}/`.startsWith(baseUrl) ? path.slice(baseUrl.length) : path).replace(/^\/+|\/+$/g, '');
  const path = below(raw.path);
  const version = { id: idOf(instance, name), label, path, isLast };
  return path === '' ? { ...version, pages: new Set(docs.map((doc) => below(doc.path))) } : version;
}

function idOf(instance: string, name: string): string {
  return instance === 'default' ? name : `${instance}/${name}`;
}
