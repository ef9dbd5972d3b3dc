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

/** The client for a site's index, which starts to load when this is first used. */
export function useSearchClient(site?: Site): LecternClient {
  const client = useClient(site);
  useEffect(() => {
    void client.start();
  }, [client]);
  return client;
}

/**
 * The client for the index of this site, or of the site in another language, with what is loaded of it by now. It lives
 * as long as the page.
 */
export function useClient(site?: Site): LecternClient {
  const { siteConfig } = useDocusaurusContext();
  const { baseUrl, lang }: Site = site ?? { baseUrl: siteConfig.baseUrl };
  const { encoder, relayUrl } = usePluginOptions();
  return clientFor({ shelfUrl: `${baseUrl}lectern/`, lang, encoder, relayUrl });
}

function clientFor(options: ClientOptions): LecternClient {
  const client = clients.get(options.shelfUrl) ?? createClient(options);
  clients.set(options.shelfUrl, client);
  return client;
}
