import { useState } from 'react';
import useBaseUrl from '@docusaurus/useBaseUrl';
import { conversationFor, type Asking } from 'lectern/conversation';
import { relayFor, type Relay } from 'lectern/relay';
import { useClient } from '@theme/SearchBar/useSearchClient';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';

/** The conversation of this page, and the relay that answers, if there is one. */
export function useAsking(): Asking & { relay?: Relay } {
  const site = useBaseUrl('/');
  const { relayUrl } = usePluginOptions();
  const client = useClient();
  const [asking] = useState(() => {
    const relay = relayUrl === undefined ? undefined : relayFor(relayUrl);
    return { ...conversationFor(site, client, relay), relay };
  });
  return asking;
}
