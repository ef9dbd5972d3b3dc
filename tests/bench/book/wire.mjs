// What a reader's browser fetches from opening a page to the first results.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { launch } from '../../support/chromium.mjs';
import { serve } from '../../../scripts/serve.mjs';
import { SITE } from '../../support/paths.mjs';

// Static hosts compress these on the way; a shelf's sections are stored compressed where it pays.
const COMPRESSED_BY_HOSTS = /\.(css|html|js|json|mjs|svg|wasm)$/;
const MEANING = /^(vectors|graph|vocabulary|small|block)\./;
const FULL = /^(core|layer|rows)\./;

/**
 * Every resource in the order of its request: `{ name, stage, raw, gzip, brotli }`, where `stage` is `page`
 * (the page load), `words` (until the first results), `meaning` (until results by the small encoder) or `full`
 * (until results by the full one).
 */
export async function resources(query) {
  const server = await serve({ '/': SITE });
  const browser = await launch();
  try {
    const context = await browser.newContext();
    const fetched = [];
    let searching = false;
    context.on('response', (response) => fetched.push(resource(response, searching)));
    const page = await context.newPage();
    await page.goto(`${server.url}/`);
    await page.waitForLoadState('networkidle');
    searching = true;
    await page.getByRole('button', { name: /^Search/ }).first().click();
    await page.locator('input[role=combobox]').fill(query);
    const reads = (encoder) => page.locator(`[data-lectern-stage=meaning][data-lectern-encoder=${encoder}]`);
    await reads('small').waitFor({ state: 'attached' });
    await page.locator('[role=group] > [role=option]').first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.getByRole('button', { name: /^Search more precisely/ }).click();
    await reads('full').waitFor({ state: 'attached' });
    return (await Promise.all(fetched)).filter(({ raw }) => raw > 0);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** The sum of one size over the resources of some stages. */
export function total(list, stages, size) {
  return list.filter(({ stage }) => stages.includes(stage)).reduce((sum, one) => sum + one[size], 0);
}

/** One content as it is, and as a host would send it compressed. */
export function sizes(bytes) {
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: quality }).length,
  };
}

async function resource(response, searching) {
  const path = new URL(response.url()).pathname;
  const name = path.slice(path.lastIndexOf('/') + 1) || 'index.html';
  const stage = !searching ? 'page' : MEANING.test(name) ? 'meaning' : FULL.test(name) ? 'full' : 'words';
  const body = response.ok() ? await response.body() : Buffer.alloc(0);
  const stored = { raw: body.length, gzip: body.length, brotli: body.length };
  return { name, stage, ...(COMPRESSED_BY_HOSTS.test(name) ? sizes(body) : stored) };
}
