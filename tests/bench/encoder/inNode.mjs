// Lectern's encoder as WebAssembly in Node, the way the npm package embeds a site.
import { ROOT } from '../../support/paths.mjs';

/** `embedAll` of `www/lectern/src/docusaurus/embed.ts`: `{ key, text, role }`, the longest first, on worker threads. */
export async function embedInNode(texts, options) {
  const { embedAll } = await import(`${ROOT}/www/lectern/dist/docusaurus/embed.js`);
  await embedAll(texts, options);
}
