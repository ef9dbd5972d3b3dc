import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type ReactNode,
} from 'react';
import { translate } from '@docusaurus/Translate';
import type { Source } from 'lectern/conversation';
import { usePassages } from '@theme/AskPanel/usePassages';
import { usePassageText } from '@theme/AskPanel/usePassageText';
import styles from './answer.module.css';

/** Which passage, and beside what it is shown. */
export interface Props {
  id: string;
  source: Source;
  book?: string;
  anchor: DOMRect;
  onGo(): void;
  onLeave(): void;
}

/** Characters of the passage that are shown. */
const SHOWN = 420;

/** Pixels to the edges of the screen, and to the number. */
const MARGIN = 8;

/** The passage that a citation is of, beside its number. */
export default function Preview({ id, source, book, anchor, onGo, onLeave }: Props): ReactNode {
  const { hrefOf } = usePassages();
  const text = usePassageText(source, book);
  const { ref, style } = usePlace(anchor, text);

  useEffect(() => {
    // The place is that of the number, which moves when something is scrolled.
    const own = ref.current;
    const onScroll = (event: Event) => event.target !== own && onLeave();
    const onPointerDown = ({ target }: Event) =>
      target instanceof Node && !own?.parentElement?.contains(target) && onLeave();
    document.addEventListener('scroll', onScroll, true);
    document.addEventListener('pointerdown', onPointerDown);
    return () => {
      document.removeEventListener('scroll', onScroll, true);
      document.removeEventListener('pointerdown', onPointerDown);
    };
  });

  return (
    <span ref={ref} id={id} role="tooltip" className={styles.preview} style={style}>
      <span className={styles.previewPath} dir="auto">
        {[source.title, ...source.headings].join(' › ')}
      </span>
      {text !== undefined && (
        <span className={styles.previewText} dir="auto">
          {text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}
        </span>
      )}
      <a
        className={styles.previewLink}
        href={hrefOf(source)}
        tabIndex={-1}
        onClick={(event) => {
          event.preventDefault();
          onGo();
        }}
      >
        {translate({ id: 'theme.AskPanel.goTo', message: 'Go to the passage' })}
      </a>
    </span>
  );
}

/** A place on the screen below the number, or above it where there is more room. */
function usePlace(anchor: DOMRect, text: string | undefined) {
  const ref = useRef<HTMLSpanElement>(null);
  const [style, setStyle] = useState<CSSProperties>({ visibility: 'hidden' });

  useLayoutEffect(() => {
    const { offsetWidth: width, offsetHeight: height } = ref.current!;
    const room = document.documentElement.clientWidth - width - MARGIN;
    const left = Math.max(MARGIN, Math.min(anchor.left + anchor.width / 2 - width / 2, room));
    const below = anchor.bottom + MARGIN;
    const fits = below + height <= innerHeight - MARGIN;
    const top = fits ? below : Math.max(MARGIN, anchor.top - MARGIN - height);
    setStyle({ left, top });
  }, [anchor, text]);
  return { ref, style };
}
