import { Relay } from './relay.js';

const relays = new Map<string, Relay>();

/** The relay at an address, absolute or a path of the page's own host. The same one as long as the page lives. */
export function relayFor(url: string): Relay {
  const absolute = new URL(url, globalThis.location?.href).href.replace(/\/+$/, '');
  const relay = relays.get(absolute) ?? new Relay(absolute);
  relays.set(absolute, relay);
  return relay;
}
