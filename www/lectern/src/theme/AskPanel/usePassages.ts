import { useHistory } from '@docusaurus/router';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { closePanel } from 'lectern/ask';
import type { Source } from 'lectern/conversation';
import { SHEET } from '@theme/AskPanel/Frame';

/** Where passages are, and how to get there. */
export function usePassages() {
  const { siteConfig } = useDocusaurusContext();
  const history = useHistory();
  const hrefOf = ({ url }: Source) => siteConfig.baseUrl + url;
  const goTo = (source: Source) => {
    // What covers the page goes, so that the passage is seen.
    if (matchMedia(SHEET).matches) closePanel();
    history.push(hrefOf(source));
  };
  return { hrefOf, goTo };
}
