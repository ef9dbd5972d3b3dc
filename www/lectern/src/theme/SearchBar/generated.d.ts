/** What the plugin has Docusaurus generate. */
declare module '@generated/lectern/default/sections.json' {
  import type { Section } from 'lectern/search';

  const sections: Section[];
  export default sections;
}
