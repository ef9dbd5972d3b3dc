import { useEffect, useLayoutEffect, useRef } from 'react';
import { useHistory, useLocation } from '@docusaurus/router';

const KEY = 'lectern.searchPage';

/** Entries of the history whose place is remembered. */
const MOST = 50;

/**
 * Brings a reader who comes back to the page to where they were, once `ready`: a browser tries before there are
 * any results. Whoever has scrolled by then is left alone.
 */
export function useScrollMemory(ready: boolean): void {
  const { key = '' } = useLocation();
  const { action } = useHistory();
  const pending = useRef<number>(undefined);

  useLayoutEffect(() => {
    pending.current = action === 'POP' ? recall(key) : undefined;
    let place = window.scrollY;
    const onScroll = () => (place = window.scrollY);
    const onHide = () => remember(key, place);
    const onMove = () => (pending.current = undefined);
    window.addEventListener('scroll', onScroll, { passive: true });
    window.addEventListener('pagehide', onHide);
    for (const event of MOVES) window.addEventListener(event, onMove, { passive: true });
    return () => {
      onHide();
      window.removeEventListener('scroll', onScroll);
      window.removeEventListener('pagehide', onHide);
      for (const event of MOVES) window.removeEventListener(event, onMove);
    };
  }, [key, action]);
  useEffect(() => {
    if (!ready || pending.current === undefined) return;
    window.scrollTo({ top: pending.current, behavior: 'instant' });
    pending.current = undefined;
  }, [ready, key]);
}

/** What a reader does who scrolls. */
const MOVES = ['wheel', 'touchmove', 'keydown'] as const;

function remember(key: string, place: number): void {
  try {
    const others = places().filter(([other]) => other !== key);
    sessionStorage.setItem(KEY, JSON.stringify([...others, [key, place]].slice(-MOST)));
  } catch {
    // Without storage the page begins at its top.
  }
}

function recall(key: string): number | undefined {
  return places().find(([other]) => other === key)?.[1];
}

function places(): [string, number][] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
  } catch {
    return [];
  }
}
