// The built site on loopback, as one origin, with a relay beside it where one is wanted.
import { join } from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { front } from '../support/front.mjs';
import { SITE } from '../support/paths.mjs';
import { damagedShelf } from '../support/shelf.mjs';
import { startRelay } from './relay.mjs';

/**
 * Serves a build below `base`, with its index changed by `damage(folder)` where given, `others`, folders by URL prefix,
 * beside it, and every answer with the `headers`. With `relay`, settings of a relay (`{}` for none), the site has one at
 * `/relay/` that asks a mock LLM: see `relay.mjs`. With a relay, or `proxied`, `front` is the proxy before all of it,
 * which can be told to fail.
 * What it gives has `root`, `relay`, `front`, `shelf`, the folder of the changed index, and `close`.
 */
export async function host({ folder = SITE, base = '/', damage, others = {}, relay: settings, proxied, headers } = {}) {
  const ends = [];
  const close = async () => {
    for (const end of ends) await end();
  };
  try {
    const shelf = damage && damagedShelf(damage);
    ends.unshift(() => shelf?.remove());
    const mounts = { ...others, [base]: folder, ...(shelf && { [`${base}lectern/`]: shelf.folder }) };
    const server = await serve(mounts, { headers });
    ends.unshift(server.close);
    const site = { root: server.url + base, shelf: shelf?.folder, close };
    if (!settings && !proxied) return site;
    const relay = settings && (await startRelay(join(folder, 'lectern'), settings));
    ends.unshift(() => relay?.stop());
    const proxy = await front({ ...(relay && { '/relay/': { url: relay.url, strip: true } }), '/': { url: server.url } });
    ends.unshift(proxy.close);
    return { ...site, root: proxy.url + base, relay, front: proxy };
  } catch (error) {
    await close();
    throw error;
  }
}
