import { useEffect, useState } from 'react';

/** Milliseconds for which it is shown that something was copied. */
const SHOWN = 2_000;

/** Copies texts: whether that has just been done, could not be done, or neither, and how to do it. */
export function useCopy() {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');

  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), SHOWN);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (text: string) => {
    // Pages that are not secure have no clipboard.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject();
    written.then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  return { state, copy };
}
