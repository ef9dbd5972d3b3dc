import { translate } from '@docusaurus/Translate';
import type { Failure, OfflineErrorCode } from 'lectern/offline';
import type { Writing } from '@theme/Offline/useWriting';

/** Why the copy could not be made, and what to do. */
export function describeFailure({ code, space }: Failure, { size }: Writing): string {
  if (code !== 'no-space') return TEXTS[code]();
  const needed = size(space?.needed ?? 0);
  return space?.free === undefined ? noSpace(needed) : noSpaceOf(needed, size(space.free));
}

function noSpaceOf(needed: string, free: string): string {
  return translate(
    {
      id: 'theme.Offline.noSpaceOf',
      message:
        'There is not enough room: {needed} are needed, {free} are free. Free some room on this device, or keep less. What was kept before is unchanged.',
    },
    { needed, free },
  );
}

function noSpace(needed: string): string {
  return translate(
    {
      id: 'theme.Offline.noSpace',
      message:
        'There is not enough room: {needed} are needed. Free some room on this device, or keep less. What was kept before is unchanged.',
    },
    { needed },
  );
}

const TEXTS: Record<Exclude<OfflineErrorCode, 'no-space'>, () => string> = {
  network: () =>
    translate({
      id: 'theme.Offline.network',
      message:
        'The connection was lost. The download goes on by itself when it is back, or try again.',
    }),
  missing: () =>
    translate({
      id: 'theme.Offline.missing',
      message: 'A file is not on the server. The site may just be changing: try again in a while.',
    }),
  changed: () =>
    translate({
      id: 'theme.Offline.changed',
      message: 'A file was not as expected. The site may just be changing: try again in a while.',
    }),
  'not-built': () =>
    translate({
      id: 'theme.Offline.notBuilt',
      message:
        'This site has nothing to keep yet. It is there once the site is built with “docusaurus build”.',
    }),
  'no-worker': () =>
    translate({
      id: 'theme.Offline.noWorker',
      message:
        'The browser refused to keep the site. Load the page again; in a private window it may not work at all.',
    }),
  storage: () =>
    translate({
      id: 'theme.Offline.storage',
      message: 'The browser could not store the copy. Try again, or restart the browser.',
    }),
};
