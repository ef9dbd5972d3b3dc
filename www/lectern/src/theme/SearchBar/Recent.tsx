import type { MouseEvent, ReactNode } from 'react';
import type { Choice } from '@theme/SearchBar/choices';
import Option from '@theme/SearchBar/Option';
import type { List } from '@theme/SearchBar/Results';
import hit from './hit.module.css';

/** Something looked for or opened lately, and the list it is in. */
export interface Props {
  choice: Extract<Choice, { kind: 'query' | 'page' }>;
  list: List;
}

/**
 * An option for what was looked for or opened lately, with a cross that forgets it. The cross is for pointers
 * alone, as an option has no parts for assistive technology: keys have Shift and Delete.
 */
export default function Recent({ choice, list }: Props): ReactNode {
  const onRemove = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
    list.onRemove(choice);
  };
  return (
    <Option choice={choice} list={list} className={hit.recent}>
      <span dir="auto" className={hit.recentText}>
        {choice.kind === 'query' ? choice.query : choice.page.title}
      </span>
      <span className={hit.remove} aria-hidden="true" data-lectern-remove onClick={onRemove} />
    </Option>
  );
}
