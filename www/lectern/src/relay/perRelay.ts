import type { Relay } from './relay.js';

/** One of something for each relay, made when it is first asked for. */
export function perRelay<T>(make: (relay: Relay) => T): (relay: Relay) => T {
  const made = new WeakMap<Relay, T>();
  return (relay) => {
    const own = made.get(relay) ?? make(relay);
    made.set(relay, own);
    return own;
  };
}
