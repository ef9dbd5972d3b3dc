import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { selected, type Selection } from 'lectern/ask';
import type { Props } from '@theme/AskPanel/SelectionBar';

/** Milliseconds for which a selection must stay as it is. */
const SETTLED = 250;

/** Offers to ask about what is selected; the offer's code comes with the first selection. */
export default function SelectionOffer(): ReactNode {
  const { siteConfig } = useDocusaurusContext();
  const [selection, setSelection] = useState<Selection>();
  const [Bar, setBar] = useState<ComponentType<Props>>();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      const found = selected(siteConfig);
      setSelection(found);
      // Without its code there is no offer; the page is read all the same.
      if (found)
        import('@theme/AskPanel/SelectionBar').then((bar) => setBar(() => bar.default), Boolean);
    };
    const onChange = () => {
      clearTimeout(timer);
      timer = setTimeout(look, SETTLED);
    };
    document.addEventListener('selectionchange', onChange);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('selectionchange', onChange);
    };
  }, [siteConfig]);

  const dismiss = () => setSelection(undefined);
  return Bar && selection && <Bar selection={selection} onDismiss={dismiss} />;
}
