/** A version of a site's documentation. */
export interface Version {
  /** Its name, with that of the plugin instance where it is not the default one. */
  id: string;
  label: string;
  /** Where its pages are, below the site's base URL. */
  path: string;
  isLast: boolean;
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
      longestOf(versions.filter((version) => isBelow(path, version.path))) ??
      versions.find(({ id }) => id === chosen) ??
      versions.find(({ isLast }) => isLast) ??
      versions[0]!
    );
  });
}

/** True where a path, or a page, is the other or below it; both below the base URL. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** The version with the longest path: versions lie below one another. */
export function longestOf(versions: Version[]): Version | undefined {
  return [...versions].sort((a, b) => b.path.length - a.path.length)[0];
}

function versionOf(instance: string, { name, label, path, isLast }: RawVersion, baseUrl: string) {
  const below = `${path}/`.startsWith(baseUrl) ? path.slice(baseUrl.length) : path;
  return { id: idOf(instance, name), label, path: below.replace(/^\/+|\/+$/g, ''), isLast };
}

function idOf(instance: string, name: string): string {
  return instance === 'default' ? name : `${instance}/${name}`;
}
