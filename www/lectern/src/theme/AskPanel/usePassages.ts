import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { closePanel } from 'lectern/ask';
import { passageText, type Source } from 'lectern/conversation';
import { goTo } from 'lectern/found';
import { SHEET } from '@theme/AskPanel/Frame';
import { useClient } from '@theme/SearchBar/useSearchClient';

/** Where passages are, and how to get there; `book` is the hash of the book that they are of, where that is known. */
export function usePassages(book?: string) {
  const { siteConfig } = useDocusaurusContext();
  const client = useClient();
  const hrefOf = ({ url }: Source) => siteConfig.baseUrl + url;
  const go = async (source: Source) => {
    // What covers the page goes, so that the passage is seen.
    if (matchMedia(SHEET).matches) closePanel();
    const text = await passageText(client, source, book).catch(() => undefined);
    goTo(hrefOf(source), text ?? '');
  };
  return { hrefOf, goTo: (source: Source) => void go(source) };
}
