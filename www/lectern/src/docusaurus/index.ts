/** The Docusaurus plugin: indexes the built site and puts a search box into its navbar. */
import { fileURLToPath } from 'node:url';
import type { LoadContext, Plugin, SwizzleConfig } from '@docusaurus/types';
import { buildIndex, indexJob } from './buildIndex.js';
import { messagesFor } from './messages.js';
import type { PluginOptions } from './options.js';

export { validateOptions, type Options, type PluginOptions } from './options.js';

/** The plugin, as Docusaurus calls it. */
export default function lecternPlugin(context: LoadContext, options: PluginOptions): Plugin<void> {
  return {
    name: 'lectern',
    getThemePath: () => fileURLToPath(new URL('../theme', import.meta.url)),
    getTypeScriptThemePath: () => fileURLToPath(new URL('../../src/theme', import.meta.url)),
    getDefaultCodeTranslationMessages: async () => messagesFor(context.i18n.currentLocale),
    async contentLoaded({ actions }) {
      const { hotkeys, askHotkeys, encoder, relayUrl, offline } = options;
      actions.setGlobalData({ hotkeys, askHotkeys, encoder, relayUrl, offline });
    },
    configureWebpack: (_config, isServer) => ({ module: { rules: [wasmRule(isServer)] } }),
    postBuild: ({ outDir }) => buildIndex(indexJob(context, outDir, options)),
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
      ...Object.fromEntries(RELAY_PARTS.map((name) => [name, part])),
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
