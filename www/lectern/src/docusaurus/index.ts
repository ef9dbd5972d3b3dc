/** The Docusaurus plugin: indexes the built site and puts a search box into its navbar. */
import { fileURLToPath } from 'node:url';
import type { LoadContext, Plugin, SwizzleConfig } from '@docusaurus/types';
import { buildIndex, indexJob } from './buildIndex.js';
import { messagesFor } from './messages.js';
import { OfflineCopies } from './offline/plugin.js';
import type { PluginOptions } from './options.js';

export { validateOptions, type Options, type PluginOptions } from './options.js';

/** The plugin, as Docusaurus calls it. */
export default function lecternPlugin(context: LoadContext, options: PluginOptions): Plugin<void> {
  const copies = options.offline ? new OfflineCopies(context, options) : undefined;
  return {
    name: 'lectern',
    getClientModules: () => copies?.clientModules() ?? [],
    getThemePath: () => fileURLToPath(new URL('../theme', import.meta.url)),
    getTypeScriptThemePath: () => fileURLToPath(new URL('../../src/theme', import.meta.url)),
    getDefaultCodeTranslationMessages: async () => messagesFor(context.i18n.currentLocale),
    async contentLoaded({ actions }) {
      const { hotkeys, askHotkeys, encoder, relayUrl, offline } = options;
      actions.setGlobalData({ hotkeys, askHotkeys, encoder, relayUrl, offline });
      copies?.addPage(actions);
    },
    configureWebpack: (_config, isServer) => ({
      module: { rules: [wasmRule(isServer)] },
      plugins: isServer || !copies ? [] : [copies.scripts],
    }),
    async postBuild({ outDir }) {
      await buildIndex(indexJob(context, outDir, options));
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
      ...Object.fromEntries(PARTS.map((name) => [`SearchBar/${name}`, part])),
    },
  };
}

const PARTS = [
  'AskButton',
  'CloseButton',
  'Corrections',
  'Dialog',
  'Highlighted',
  'HotkeyHint',
  'Input',
  'NotBuilt',
  'Outcome',
  'Progress',
  'Results',
  'Search',
  'SearchButton',
  'Status',
  'useDialogKeys',
  'useHotkeys',
  'usePluginOptions',
  'useSearchClient',
  'useSelection',
];

/** The engines as files of their own, of which the worker fetches one. */
function wasmRule(isServer: boolean) {
  return {
    test: /lectern_browser(_en)?_bg\.wasm$/,
    type: 'asset/resource',
    generator: { filename: 'assets/lectern/[name].[contenthash:8][ext]', emit: !isServer },
  };
}
