import { fileURLToPath } from 'node:url';
import type { LoadContext, PluginContentLoadedActions } from '@docusaurus/types';
import { OFFLINE_PAGE } from '../../offline/list.js';
import type { PluginOptions } from '../options.js';
import { otherLocales } from '../pages.js';
import { SearchScripts } from './chunks.js';
import { writeCopyList } from './writeCopyList.js';

/** What the plugin adds to a site whose readers can keep a copy. */
export class OfflineCopies {
  /** For the bundler. */
  readonly scripts = new SearchScripts();

  constructor(
    private readonly context: LoadContext,
    private readonly options: PluginOptions,
  ) {}

  /** What becomes part of every page. */
  clientModules(): string[] {
    return [fileURLToPath(new URL('../../offline/startup.js', import.meta.url))];
  }

  /** Adds the page that stands in for those that are not kept. */
  addPage({ addRoute }: Pick<PluginContentLoadedActions, 'addRoute'>): void {
    const path = `${this.context.baseUrl}${OFFLINE_PAGE}`;
    addRoute({ path, component: '@theme/OfflinePage', exact: true });
  }

  /** Writes what a copy of the built site consists of. */
  async write(outDir: string): Promise<void> {
    const { baseUrl, i18n, siteConfig } = this.context;
    const { encoder, relayUrl, searchPagePath } = this.options;
    const locales = otherLocales(i18n).map((folder) => `${folder}/`);
    const lang = i18n.localeConfigs[i18n.currentLocale]?.htmlLang ?? i18n.currentLocale;
    await writeCopyList({
      outDir,
      baseUrl,
      others: [...locales, ...pathBelow(baseUrl, relayUrl)],
      searchScripts: this.scripts.names,
      engine: /^en(-|$)/i.test(lang) ? 'lectern_browser_en_bg' : 'lectern_browser_bg',
      searchPages: ['404', OFFLINE_PAGE, ...(searchPagePath === false ? [] : [searchPagePath])],
      withFullEncoder: encoder === 'full',
      ownWorker: !hasServiceWorker(siteConfig),
    });
  }
}

/** Where the relay is, if that is a path below the base URL. */
function pathBelow(baseUrl: string, relayUrl = ''): string[] {
  return relayUrl.startsWith(baseUrl)
    ? [`${relayUrl.slice(baseUrl.length).replace(/\/$/, '')}/`]
    : [];
}

/** Whether the site has a service worker by `@docusaurus/plugin-pwa`: two for the same pages exclude each other. */
export function hasServiceWorker(siteConfig: Pick<LoadContext['siteConfig'], 'plugins'>): boolean {
  return siteConfig.plugins.some((plugin) => {
    const name = Array.isArray(plugin) ? plugin[0] : plugin;
    return typeof name === 'string' && /plugin-pwa\b|^pwa$/.test(name);
  });
}
