import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type ReactNode,
} from 'react';
import { createPortal } from 'react-dom';
import { translate } from '@docusaurus/Translate';
import { openPanel, type Selection } from 'lectern/ask';
import IconButton from '@theme/AskPanel/IconButton';
import styles from './selection.module.css';

/** What is selected. */
export interface Props {
  selection: Selection;
  onDismiss(): void;
}

/** Pixels to the selection, with room for the handles of touch screens, and to the edges of the screen. */
const GAP = { fine: 8, coarse: 28 };
const MARGIN = 8;

/** Offers to ask about a selection, beside it. It takes neither the focus nor the selection away. */
export default function SelectionBar({ selection, onDismiss }: Props): ReactNode {
  const { ref, style } = usePlace(selection);

  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => key === 'Escape' && onDismiss();
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });
  const open = (question?: string) => () => {
    openPanel({ selection, question });
    document.getSelection()?.removeAllRanges();
    onDismiss();
  };

  return createPortal(
    <aside
      ref={ref}
      aria-label={about()}
      className={styles.bar}
      style={style}
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
    >
      <button type="button" className={styles.button} onClick={open()}>
        {translate({ id: 'theme.AskPanel.askAbout', message: 'Ask' })}
      </button>
      <button type="button" className={styles.button} onClick={open(explainThis())}>
        {translate({ id: 'theme.AskPanel.explain', message: 'Explain' })}
      </button>
      <IconButton icon="close" label={dismiss()} onClick={onDismiss} />
    </aside>,
    document.body,
  );
}

/** Above what is selected; on touch screens, whose own menu is there, below it. */
function usePlace(selection: Selection) {
  const ref = useRef<HTMLElement>(null);
  const [style, setStyle] = useState<CSSProperties>({ visibility: 'hidden' });

  useLayoutEffect(() => {
    const own = document.getSelection();
    if (!own || own.rangeCount === 0) return;
    const around = own.getRangeAt(0).getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = ref.current!;
    const isTouch = matchMedia('(pointer: coarse)').matches;
    const above = around.top - GAP.fine - height;
    const below = around.bottom + (isTouch ? GAP.coarse : GAP.fine);
    const wanted = isTouch || above < navbarEnd() ? below : above;
    const top = Math.min(Math.max(wanted, MARGIN), innerHeight - height - MARGIN);
    const room = document.documentElement.clientWidth - width - MARGIN;
    const left = Math.max(MARGIN, Math.min(around.left + around.width / 2 - width / 2, room));
    setStyle({ left: left + scrollX, top: top + scrollY });
  }, [selection]);
  return { ref, style };
}

/** Where the navbar ends that lies over the page. */
function navbarEnd(): number {
  return document.querySelector('nav.navbar')?.getBoundingClientRect().bottom ?? 0;
}

function about(): string {
  return translate({ id: 'theme.AskPanel.aboutSelection', message: 'About what you selected' });
}

function explainThis(): string {
  return translate({ id: 'theme.AskPanel.explainThis', message: 'Explain this passage.' });
}

function dismiss(): string {
  return translate({ id: 'theme.AskPanel.dismiss', message: 'Dismiss' });
}
