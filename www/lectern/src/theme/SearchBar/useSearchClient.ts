import { useEffect, useState } from 'react';
import useBaseUrl from '@docusaurus/useBaseUrl';
import { createClient, type ClientOptions, type LecternClient } from 'lectern';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';

const clients = new Map<string, LecternClient>();

/** The client for this site's index. It lives as long as the page, and starts to load when first used. */
export function useSearchClient(): LecternClient {
  const shelfUrl = useBaseUrl('/lectern/', { absolute: false });
  const { encoder, relayUrl } = usePluginOptions();
  const [client] = useState(() => clientFor({ shelfUrl, encoder, relayUrl }));
  useEffect(() => {
    void client.start();
  }, [client]);
  return client;
}

function clientFor(options: ClientOptions): LecternClient {
  const client = clients.get(options.shelfUrl) ?? createClient(options);
  clients.set(options.shelfUrl, client);
  return client;
}
