import { Store } from '../state/store.js';

/** Whether the browser has no network. Pages that are rendered on a server have one. */
export const offline = new Store<boolean>(false);

if (typeof window !== 'undefined') {
  const read = () => offline.set(!navigator.onLine);
  addEventListener('online', read);
  addEventListener('offline', read);
  read();
}
