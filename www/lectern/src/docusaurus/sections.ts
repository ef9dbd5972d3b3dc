import type { AllContent } from '@docusaurus/types';
import { cover } from '../search/cover.js';
import type { Section } from '../search/filters.js';

/** The name of the file that holds the sections, among the files that Docusaurus generates. */
export const SECTIONS_FILE = 'sections.json';

/** What the docs plugin has loaded, as far as sections need it. */
interface DocsContent {
  loadedVersions: LoadedVersion[];
}

interface LoadedVersion {
  docs: { id: string; permalink: string }[];
  sidebars: Record<string, SidebarItem[]>;
}

interface SidebarItem {
  type: string;
  id?: string;
  label?: string;
  items?: SidebarItem[];
  link?: SidebarItem & { permalink?: string };
}

/** The sections of a site's documents: the categories that a sidebar begins with, with where their pages are. */
export function sectionsOf(allContent: AllContent, baseUrl: string): Section[] {
  const contents = Object.values(allContent['docusaurus-plugin-content-docs'] ?? {});
  const versions = contents.flatMap((content) => (content as DocsContent).loadedVersions);
  const below = (permalink: string) => permalink.slice(baseUrl.length);
  const all = versions.flatMap(pagesOfVersion).map(below);
  return versions.flatMap((version) => {
    const permalinks = new Map(version.docs.map(({ id, permalink }) => [id, permalink]));
    const categories = Object.values(version.sidebars)
      .flat()
      .filter(({ type }) => type === 'category');
    return categories.flatMap(({ label = '', ...item }) => {
      const pages = new Set(pagesOf(item, permalinks).map(below));
      const within = cover(
        [...pages],
        all.filter((page) => !pages.has(page)),
      );
      const main = [...within].sort((a, b) => sizeOf(b, pages) - sizeOf(a, pages))[0];
      return main === undefined ? [] : [{ id: main.replace('#', ''), label, within }];
    });
  });
}

/** The addresses of a version's documents, and of the pages that its sidebars' categories have of their own. */
function pagesOfVersion({ docs, sidebars }: LoadedVersion): string[] {
  const items = Object.values(sidebars).flat();
  const own = items.flatMap((item) => pagesOf(item, new Map()));
  return [...docs.map(({ permalink }) => permalink), ...own];
}

/** How many pages are in a folder. */
function sizeOf(folder: string, pages: ReadonlySet<string>): number {
  return [...pages].filter((page) => page.startsWith(`${folder}/`)).length;
}

/** The addresses of the pages that a sidebar's item leads to. */
function pagesOf(item: Omit<SidebarItem, 'label'>, permalinks: Map<string, string>): string[] {
  const own = item.id === undefined ? undefined : permalinks.get(item.id);
  const linked = item.link && [item.link.permalink ?? permalinks.get(item.link.id ?? '')];
  const inner = (item.items ?? []).flatMap((child) => pagesOf(child, permalinks));
  return [own, ...(linked ?? []), ...inner].filter((permalink) => permalink !== undefined);
}
