/** Part of every page: goes on with the copy of a reader who has one, and loads nothing for others. */
import siteConfig from '@generated/docusaurus.config';
import { readWish } from './wish.js';

if (typeof window !== 'undefined') addEventListener('load', goOn);

function goOn(): void {
  const { baseUrl } = siteConfig;
  if (!wishes(baseUrl)) return;
  // What is not there without a network comes at another visit.
  import('./copy.js').then(
    ({ offlineCopy }) => offlineCopy(baseUrl)?.refresh(),
    () => undefined,
  );
}

/** Whether the reader has asked for a copy. */
function wishes(baseUrl: string): boolean {
  try {
    return readWish(baseUrl, localStorage) !== undefined;
  } catch {
    return false;
  }
}
