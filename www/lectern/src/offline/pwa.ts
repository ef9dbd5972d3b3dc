/** What `@docusaurus/plugin-pwa` takes as its `swCustom`: the same copy, kept by the site's own service worker. */
import { answerFromCopy } from './worker/answer.js';
import type { WorkerScope } from './worker/scope.js';

/** Called by the site's service worker before it listens itself. */
export default function keepCopy(): void {
  answerFromCopy(self as unknown as WorkerScope);
}
