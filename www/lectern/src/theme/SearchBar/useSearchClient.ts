import { useEffect, useState } from 'react';
import useBaseUrl from '@docusaurus/useBaseUrl';
import { createClient, type LecternClient } from 'lectern';

const clients = new Map<string, LecternClient>();

/** The client for this site's index. It lives as long as the page, and starts to load when first used. */
export function useSearchClient(): LecternClient {
  const shelfUrl = useBaseUrl('/lectern/', { absolute: false });
  const [client] = useState(() => clientFor(shelfUrl));
  useEffect(() => {
    void client.start();
  }, [client]);
  return client;
}

function clientFor(shelfUrl: string): LecternClient {
  const client = clients.get(shelfUrl) ?? createClient({ shelfUrl });
  clients.set(shelfUrl, client);
  return client;
}
