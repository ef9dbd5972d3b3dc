import { useSyncExternalStore } from 'react';
import { offline } from './network.js';

/** Whether the browser has no network. */
export function useOffline(): boolean {
  return useSyncExternalStore(offline.subscribe, offline.getSnapshot, () => false);
}
