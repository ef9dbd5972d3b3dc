import { useLocation } from '@docusaurus/router';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';

/** The address of the page that is read, below the site's base URL. */
export function usePage(): string {
  const { baseUrl } = useDocusaurusContext().siteConfig;
  const { pathname } = useLocation();
  return pathname.startsWith(baseUrl) ? pathname.slice(baseUrl.length) : '';
}
