import { useLocation } from '@docusaurus/router';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';

/** The address of the page that is read, below the site's base URL, as its canonical address has it. */
export function usePage(): string {
  const { baseUrl, trailingSlash } = useDocusaurusContext().siteConfig;
  const { pathname } = useLocation();
  if (!pathname.startsWith(baseUrl)) return '';
  // Servers add a slash, or take it away, whatever the site says.
  const page = decodeURI(pathname.slice(baseUrl.length)).replace(/\/$/, '');
  return trailingSlash && page ? `${page}/` : page;
}
