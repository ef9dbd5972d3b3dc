import { useEffect, useState } from 'react';
import { passageText, type Source } from 'lectern/conversation';
import { useClient } from '@theme/SearchBar/useSearchClient';

/** The text of a source, once it is there; `book` is the hash of the book that it is of, where that is known. */
export function usePassageText(source: Source, book?: string): string | undefined {
  const client = useClient();
  const [text, setText] = useState(source.text);

  useEffect(() => {
    let isShown = true;
    // Without its text a source still has its title and its link.
    passageText(client, source, book).then(
      (found) => isShown && setText(found),
      () => undefined,
    );
    return () => {
      isShown = false;
    };
  }, [client, source, book]);
  return text;
}
