/** The Docusaurus plugin: indexes the built site, puts a search box into its navbar and adds a search page. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadContext, Plugin, SwizzleConfig } from '@docusaurus/types';
import { buildIndex, indexJob } from './buildIndex.js';
import { messagesFor } from './messages.js';
import { OPEN_SEARCH_FILE, openSearchDescription, openSearchTag } from './openSearch.js';
import { OfflineCopies } from './offline/plugin.js';
import type { PluginOptions } from './options.js';
import { SECTIONS_FILE, sectionsOf } from './sections.js';

export { validateOptions, type Options, type PluginOptions } from './options.js';

/** The plugin, as Docusaurus calls it. */
export default function lecternPlugin(context: LoadContext, options: PluginOptions): Plugin<void> {
  const { searchPagePath } = options;
  const isProvider = searchPagePath !== false && !hasHashRouter(context);
  const copies = options.offline ? new OfflineCopies(context, options) : undefined;
  return {
    name: 'lectern',
    getClientModules: () => copies?.clientModules() ?? [],
    getThemePath: () => fileURLToPath(new URL('../theme', import.meta.url)),
    getTypeScriptThemePath: () => fileURLToPath(new URL('../../src/theme', import.meta.url)),
    getDefaultCodeTranslationMessages: async () => messagesFor(context.i18n.currentLocale),
    async contentLoaded({ actions }) {
      const { hotkeys, askHotkeys, encoder, relayUrl, offline } = options;
      actions.setGlobalData({ hotkeys, askHotkeys, encoder, relayUrl, offline, searchPagePath });
      copies?.addPage(actions);
      if (searchPagePath === false) return;
      const path = context.baseUrl + searchPagePath;
      actions.addRoute({ path, component: '@theme/SearchPage', exact: true });
    },
    async allContentLoaded({ allContent, actions }) {
      const sections = sectionsOf(allContent, context.baseUrl);
      await actions.createData(SECTIONS_FILE, sections);
    },
    injectHtmlTags: () => (isProvider ? { headTags: [openSearchTag(context)] } : {}),
    configureWebpack: (_config, isServer) => ({
      module: { rules: [wasmRule(isServer)] },
      plugins: isServer || !copies ? [] : [copies.scripts],
    }),
    async postBuild({ outDir }) {
      await buildIndex(indexJob(context, outDir, options));
      if (isProvider) {
        await writeFile(
          join(outDir, OPEN_SEARCH_FILE),
          openSearchDescription(context, searchPagePath),
        );
      }
      await copies?.write(outDir);
    },
  };
}

/** Which parts of the search box a site may wrap or replace: the parts share style sheets, so only all at once. */
export function getSwizzleConfig(): SwizzleConfig {
  const part = { actions: { eject: 'forbidden', wrap: 'unsafe' } } as const;
  return {
    components: {
      SearchBar: {
        actions: { eject: 'unsafe', wrap: 'safe' },
        description: 'The button in the navbar with its hotkeys and, ejected, all that it opens',
      },
      'SearchBar/Hit': {
        actions: { eject: 'forbidden', wrap: 'safe' },
        description: 'One result',
      },
      SearchPage: {
        actions: { eject: 'unsafe', wrap: 'safe' },
        description: 'The page that lists all results of a query',
      },
      Found: {
        actions: { eject: 'unsafe', wrap: 'safe' },
        description: 'The note below a page whose found passage is highlighted',
      },
      ...Object.fromEntries(PARTS.map((name) => [`SearchBar/${name}`, part])),
      ...Object.fromEntries(RELAY_PARTS.map((name) => [name, part])),
    },
  };
}

const PARTS = [
  'AskButton',
  'choices',
  'CloseButton',
  'Corrections',
  'Dialog',
  'Filters',
  'FoundHost',
  'HeadingPath',
  'Highlighted',
  'HotkeyHint',
  'Input',
  'NotBuilt',
  'Option',
  'Outcome',
  'problem',
  'Progress',
  'Recent',
  'Results',
  'Search',
  'SearchButton',
  'sitePages',
  'Snippet',
  'Status',
  'useDialogKeys',
  'useHotkeys',
  'useOpening',
  'usePluginOptions',
  'useScope',
  'useSearchClient',
  'useSelection',
  'useSettled',
];

/** A site with a hash router has one page for servers, and no address that a query could be put into. */
function hasHashRouter({ siteConfig: { future } }: LoadContext): boolean {
  return future?.experimental_router === 'hash';
}

/** What a site with a relay has besides. */
const RELAY_PARTS = [
  'Account',
  'Account/Data',
  'Account/Failed',
  'Account/Field',
  'Account/Language',
  'Account/LongText',
  'Account/PasswordField',
  'Account/Profile',
  'Account/ReadSession',
  'Account/SignIn',
  'Account/SignedIn',
  'Account/Subjects',
  'Account/useAction',
  'Account/useExplanation',
  'Account/useRelay',
  'DocItem/Content',
  'Retell',
  'Retell/Button',
  'Retell/Retold',
  'Retell/usePage',
];

/** The engines as files of their own, of which the worker fetches one. */
function wasmRule(isServer: boolean) {
  return {
    test: /lectern_browser(_en)?_bg\.wasm$/,
    type: 'asset/resource',
    generator: { filename: 'assets/lectern/[name].[contenthash:8][ext]', emit: !isServer },
  };
}
