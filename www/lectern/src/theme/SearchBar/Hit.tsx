import type { ReactNode } from 'react';
import type { Choice } from '@theme/SearchBar/choices';
import HeadingPath from '@theme/SearchBar/HeadingPath';
import Option from '@theme/SearchBar/Option';
import type { List } from '@theme/SearchBar/Results';
import Snippet from '@theme/SearchBar/Snippet';

/** One result, and the list it is in. */
export interface Props {
  choice: Extract<Choice, { kind: 'hit' }>;
  list: List;
}

/** One result: the headings that lead to it and the words that match. */
export default function Hit({ choice, list }: Props): ReactNode {
  return (
    <Option choice={choice} list={list}>
      <HeadingPath hit={choice.hit} pageTitle={choice.page.title} />
      <Snippet snippet={choice.hit.snippet} />
    </Option>
  );
}
