import { useEffect, useRef, type RefObject } from 'react';

/** Takes the focus to a part of the panel when it comes, unless something in it has it: what was pressed may be gone. */
export function useArrival<T extends HTMLElement>(): RefObject<T | null> {
  const part = useRef<T>(null);
  useEffect(() => {
    const own = part.current;
    if (!own?.contains(document.activeElement)) own?.focus({ preventScroll: true });
  }, []);
  return part;
}
