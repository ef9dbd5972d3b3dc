import { useEffect, useState } from 'react';
import useBaseUrl from '@docusaurus/useBaseUrl';
import { createClient, type ClientOptions, type LecternClient } from 'lectern';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';

const clients = new Map<string, LecternClient>();

/** The client for this site's index, which starts to load when this is first used. */
export function useSearchClient(): LecternClient {
  const client = useClient();
  useEffect(() => {
    void client.start();
  }, [client]);
  return client;
}

/** The client for this site's index, with what is loaded of it by now. It lives as long as the page. */
export function useClient(): LecternClient {
  const shelfUrl = useBaseUrl('/lectern/', { absolute: false });
  const { encoder, relayUrl } = usePluginOptions();
  const [client] = useState(() => clientFor({ shelfUrl, encoder, relayUrl }));
  return client;
}

function clientFor(options: ClientOptions): LecternClient {
  const client = clients.get(options.shelfUrl) ?? createClient(options);
  clients.set(options.shelfUrl, client);
  return client;
}
