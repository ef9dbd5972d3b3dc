import type { MouseEvent, ReactNode } from 'react';
import type { Choice } from '@theme/SearchBar/choices';
import type { List } from '@theme/SearchBar/Results';
import styles from './hit.module.css';

/** One choice of the list, and what it shows. */
export interface Props {
  choice: Choice;
  list: List;
  className?: string;
  children: ReactNode;
}

/** An option of the list: a real link where it has an address, so that it can be copied and opened elsewhere. */
export default function Option({ choice, list, className = '', children }: Props): ReactNode {
  const href = list.hrefOf(choice);
  const selected = choice.id === list.selected?.id;
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return list.onLeave(choice);
    event.preventDefault();
    list.onOpen(choice);
  };
  const properties = {
    id: list.idOf(choice.id),
    role: 'option',
    'aria-selected': selected,
    tabIndex: -1,
    className: [styles.hit, selected ? styles.selected : '', className].join(' '),
    onClick,
    onPointerMove: selected ? list.onHold : () => list.onSelect(choice),
    // Keeps the focus, and a phone's keyboard, where they are.
    onMouseDown: (event: MouseEvent) => event.button === 0 && event.preventDefault(),
  };
  if (href === undefined) return <div {...properties}>{children}</div>;
  return (
    <a
      {...properties}
      href={href}
      onAuxClick={() => list.onLeave(choice)}
      onContextMenu={() => list.onLeave(choice)}
    >
      {children}
    </a>
  );
}
