import { useEffect, useMemo, useState } from 'react';
import { useLocation } from '@docusaurus/router';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { useAllPluginInstancesData } from '@docusaurus/useGlobalData';
import type { LecternClient } from 'lectern';
import {
  sectionsIn,
  versionsAt,
  versionsOf,
  withinOf,
  type Filters,
  type Section,
  type Version,
  type VersionChoice,
} from 'lectern/search';
import { pagesBelow } from '@theme/SearchBar/sitePages';
import { useSearchClient } from '@theme/SearchBar/useSearchClient';

/** A language of the site that can be searched. */
export interface Language {
  id: string;
  label: string;
  baseUrl: string;
  lang: string;
}

/** What filters leave of the site to be searched, and what else can be chosen. */
export interface Scope {
  client: LecternClient;
  /** What the engine searches within; everything, unless told. */
  within?: string[];
  /** The base URL of what is found. */
  baseUrl: string;
  /** True where what is found belongs to another build: the site in another language. */
  abroad: boolean;
  sections: Section[];
  versions: Version[];
  /** The version that is searched, where there are several. */
  version?: Version;
  languages: Language[];
  /** Id of the language that is searched. */
  language: string;
}

/** The scope of a search with these filters. */
export function useScope(filters: Filters): Scope {
  const { siteConfig, i18n } = useDocusaurusContext();
  const languages = useLanguages();
  const language = languages.find(({ id }) => id === filters.locale);
  const baseUrl = language?.baseUrl ?? siteConfig.baseUrl;
  const client = useSearchClient({ baseUrl, lang: language?.lang });
  const { choices, shown } = useVersions(filters.version);
  const all = useSections();
  const sections = useMemo(() => sectionsIn(all, choices, shown), [all, choices, shown]);
  const section = sections.find(({ id }) => id === filters.section);
  const within = useMemo(
    () => withinOf(section, choices, shown, () => pagesBelow(siteConfig.baseUrl)),
    [section, choices, shown, siteConfig.baseUrl],
  );
  return {
    client,
    within,
    baseUrl,
    abroad: baseUrl !== siteConfig.baseUrl,
    sections,
    versions: choices[0]?.versions ?? [],
    version: shown[0],
    languages: languages.length > 1 ? languages : [],
    language: language?.id ?? i18n.currentLocale,
  };
}

/** The languages of the site whose pages are on this host: no other one is asked for an index. */
function useLanguages(): Language[] {
  const { siteConfig, i18n } = useDocusaurusContext();
  return i18n.locales.flatMap((id) => {
    const config = i18n.localeConfigs[id];
    if (!config?.baseUrl || config.url !== siteConfig.url) return [];
    return [{ id, label: config.label, baseUrl: config.baseUrl, lang: config.htmlLang }];
  });
}

function useVersions(wanted?: string): { choices: VersionChoice[]; shown: Version[] } {
  const { siteConfig } = useDocusaurusContext();
  const { pathname } = useLocation();
  const data = useAllPluginInstancesData('docusaurus-plugin-content-docs');
  return useMemo(() => {
    const choices = versionsOf(data, siteConfig.baseUrl);
    const path = pathname.slice(siteConfig.baseUrl.length).replace(/\/$/, '');
    const likely = versionsAt(choices, path, preferredVersion);
    const chosen = choices[0]?.versions.find(({ id }) => id === wanted);
    return { choices, shown: chosen ? [chosen, ...likely.slice(1)] : likely };
  }, [data, siteConfig.baseUrl, pathname, wanted]);
}

/** The version that a reader has chosen last, as the classic theme keeps it. */
function preferredVersion(instance: string): string | undefined {
  try {
    return localStorage.getItem(`docs-preferred-version-${instance}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The sections of the site; none until they are loaded. */
function useSections(): Section[] {
  const [sections, setSections] = useState<Section[]>([]);
  useEffect(() => {
    import('@generated/lectern/default/sections.json').then(
      (file) => setSections(file.default),
      () => undefined,
    );
  }, []);
  return sections;
}
