import type { Config } from '@docusaurus/types';
import type * as Preset from '@docusaurus/preset-classic';
import rehypeKatex from 'rehype-katex';
import remarkMath from 'remark-math';
import { dark, light } from './src/codeThemes';

const TITLE = 'Physical AI and Humanoid Robotics';

/** What builds for other places than this machine's port 3000 differ in. */
const { LECTERN_BASE_URL = '/', LECTERN_LOCALES = 'en', LECTERN_RELAY_URL } = process.env;
const LOCALES = LECTERN_LOCALES.split(',');

const config: Config = {
  title: TITLE,
  tagline: 'An open textbook on robots that perceive, decide and move among people',
  favicon: 'favicon.svg',
  url: 'http://localhost:3000',
  baseUrl: LECTERN_BASE_URL,
  onBrokenLinks: 'throw',
  onBrokenAnchors: 'throw',
  future: { v4: true, faster: true },
  i18n: {
    defaultLocale: 'en',
    locales: LOCALES,
    localeConfigs: { ur: { label: 'اردو', direction: 'rtl', htmlLang: 'ur' } },
  },
  clientModules: [require.resolve('katex/dist/katex.min.css')],

  presets: [
    [
      'classic',
      {
        docs: {
          routeBasePath: 'docs',
          sidebarPath: './sidebars.ts',
          remarkPlugins: [remarkMath],
          rehypePlugins: [rehypeKatex],
        },
        blog: false,
        theme: { customCss: './src/css/custom.css' },
      } satisfies Preset.Options,
    ],
  ],

  plugins: [
    ['content-docs', { id: 'handbook', path: 'handbook', routeBasePath: 'handbook' }],
    // The index is the book's: what is measured on it has no handbook in it.
    ['lectern/docusaurus', { offline: true, relayUrl: LECTERN_RELAY_URL, ignore: ['handbook/**'] }],
  ],

  themeConfig: {
    colorMode: { respectPrefersColorScheme: true },
    docs: { sidebar: { hideable: true } },
    navbar: {
      title: TITLE,
      logo: { alt: '', src: 'favicon.svg' },
      items: [
        { type: 'docSidebar', sidebarId: 'book', position: 'left', label: 'The book' },
        { to: '/docs/glossary', position: 'left', label: 'Glossary' },
        ...(LOCALES.length > 1 ? [{ type: 'localeDropdown', position: 'right' } as const] : []),
      ],
    },
    footer: {
      links: [{ label: 'Handbook of Lectern', to: '/handbook' }],
      copyright: 'Text and figures are free to share and adapt. Search by Lectern.',
    },
    prism: {
      theme: light,
      darkTheme: dark,
      additionalLanguages: [
        'bash',
        'cmake',
        'cpp',
        'csharp',
        'ini',
        'json',
        'markup',
        'python',
        'yaml',
      ],
    },
  } satisfies Preset.ThemeConfig,
};

export default config;
