import { useEffect } from 'react';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { createClient, type ClientOptions, type LecternClient } from 'lectern';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';

/** A site in one language. */
export interface Site {
  baseUrl: string;
  /** Its language, where that is not the page's. */
  lang?: string;
}

const clients = new Map<string, LecternClient>();

/**
 * The client for the index of this site, or of the site in another language. It lives as long as the page, and
 * starts to load when first used.
 */
export function useSearchClient(site?: Site): LecternClient {
  const { siteConfig } = useDocusaurusContext();
  const { baseUrl, lang }: Site = site ?? { baseUrl: siteConfig.baseUrl };
  const { encoder, relayUrl } = usePluginOptions();
  const client = clientFor({ shelfUrl: `${baseUrl}lectern/`, lang, encoder, relayUrl });
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
