import { relayFor, type Relay } from 'lectern/relay';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';

/** The site's relay. Only for parts that are shown where there is one. */
export function useRelay(): Relay {
  const { relayUrl } = usePluginOptions();
  if (relayUrl === undefined) throw new Error('the site has no relay; set the option relayUrl');
  return relayFor(relayUrl);
}
