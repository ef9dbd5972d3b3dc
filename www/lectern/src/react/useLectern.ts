import { useSyncExternalStore } from 'react';
import type { LecternClient, LecternState } from '../client/index.js';

/** The state of a client, kept up to date. */
export function useLectern(client: LecternClient): LecternState {
  return useSyncExternalStore(client.subscribe, client.getSnapshot, client.getSnapshot);
}
