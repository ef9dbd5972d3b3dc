import { useEffect, useState } from 'react';
import type { Source } from 'lectern/conversation';
import { useClient } from '@theme/SearchBar/useSearchClient';

/**
 * The text of a source, once it is wanted: as it came with the source, else from the index. Numbers of passages are
 * those of one book, so of another one there is no text.
 */
export function usePassageText(
  { text, passage }: Source,
  book: string | undefined,
  isWanted: boolean,
) {
  const client = useClient();
  const [found, setFound] = useState<string>();

  useEffect(() => {
    if (!isWanted || text !== undefined || passage === undefined) return;
    let isShown = true;
    const load = async () => {
      const { hash } = await client.open();
      if (book !== undefined && book !== hash) return;
      const [own] = await client.passages([passage]);
      if (isShown) setFound(own?.text);
    };
    // Without its text a source still has its title and its link.
    load().catch(() => undefined);
    return () => {
      isShown = false;
    };
  }, [client, book, passage, text, isWanted]);
  return text ?? found;
}
