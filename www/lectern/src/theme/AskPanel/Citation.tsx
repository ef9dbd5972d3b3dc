import {
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { translate } from '@docusaurus/Translate';
import type { Source } from 'lectern/conversation';
import Preview from '@theme/AskPanel/Preview';
import { usePassages } from '@theme/AskPanel/usePassages';
import styles from './answer.module.css';

/** What is cited; `book` is the hash of the book that it is of, where that is known. */
export interface Props {
  source: Source;
  book?: string;
}

/** Milliseconds in which the pointer may get from a number to its preview. */
const GRACE = 150;

/**
 * The number of a source: it shows the passage while it is pointed at or has the focus, and leads there. A touch, which
 * cannot point, shows it first.
 */
export default function Citation({ source, book }: Props): ReactNode {
  const { hrefOf, goTo } = usePassages(book);
  const [anchor, setAnchor] = useState<DOMRect>();
  const link = useRef<HTMLAnchorElement>(null);
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  const touched = useRef(false);
  const previewId = useId();

  const show = () => {
    clearTimeout(leaving.current);
    setAnchor((shown) => shown ?? link.current?.getBoundingClientRect());
  };
  const hide = () => {
    clearTimeout(leaving.current);
    setAnchor(undefined);
  };
  const hideSoon = () => {
    clearTimeout(leaving.current);
    leaving.current = setTimeout(hide, GRACE);
  };
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (touched.current) return show();
    hide();
    goTo(source);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !anchor) return;
    event.preventDefault();
    hide();
  };

  return (
    <span
      className={styles.citation}
      onPointerEnter={(event) => event.pointerType === 'mouse' && show()}
      onPointerLeave={(event) => event.pointerType === 'mouse' && hideSoon()}
      onFocus={show}
      onBlur={hideSoon}
      onKeyDown={onKeyDown}
    >
      <a
        ref={link}
        className={styles.chip}
        href={hrefOf(source)}
        aria-label={label(source)}
        aria-describedby={anchor && previewId}
        onPointerDown={(event) => (touched.current = event.pointerType === 'touch')}
        onClick={onClick}
      >
        {source.number}
      </a>
      {anchor && (
        <Preview
          id={previewId}
          source={source}
          book={book}
          anchor={anchor}
          onGo={() => {
            hide();
            goTo(source);
          }}
          onLeave={hide}
        />
      )}
    </span>
  );
}

function label({ number, title, headings }: Source): string {
  return translate(
    { id: 'theme.AskPanel.source', message: 'Source {number}: {title}' },
    { number, title: [title, ...headings].join(' › ') },
  );
}
