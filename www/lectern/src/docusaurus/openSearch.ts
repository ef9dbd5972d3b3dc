import type { HtmlTagObject, LoadContext } from '@docusaurus/types';

/** The name of the description, in the built site. */
export const OPEN_SEARCH_FILE = 'opensearch.xml';

/** What a description says of a site. */
export type OpenSearchSite = Pick<LoadContext, 'baseUrl'> & {
  siteConfig: Pick<LoadContext['siteConfig'], 'title' | 'url' | 'favicon'>;
};

/** The description by which a browser offers a site's search page as a search engine (OpenSearch 1.1). */
export function openSearchDescription(
  { baseUrl, siteConfig: { title, url, favicon } }: OpenSearchSite,
  searchPagePath: string,
): string {
  const at = (path: string) => escaped(new URL(baseUrl + path.replace(/^\/+/, ''), url).href);
  const icon =
    favicon && `  <Image>${/^https?:/.test(favicon) ? escaped(favicon) : at(favicon)}</Image>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>${escaped(title)}</ShortName>
  <Description>${escaped(title)}</Description>
  <InputEncoding>UTF-8</InputEncoding>
${icon ?? ''}  <Url type="text/html" method="get" template="${at(searchPagePath)}?q={searchTerms}"/>
  <Url type="application/opensearchdescription+xml" rel="self" template="${at(OPEN_SEARCH_FILE)}"/>
</OpenSearchDescription>
`;
}

/** The tag by which browsers find the description. */
export function openSearchTag({ baseUrl, siteConfig: { title } }: OpenSearchSite): HtmlTagObject {
  const type = 'application/opensearchdescription+xml';
  const attributes = { rel: 'search', type, title, href: baseUrl + OPEN_SEARCH_FILE };
  return { tagName: 'link', attributes };
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (sign) => entities[sign]!);
}
