import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type ComponentType,
  type ReactNode,
} from 'react';
import { useHistory, useLocation } from '@docusaurus/router';
import { found, navigateBy, pageOf, takeOver } from 'lectern/found';
import { useStore } from 'lectern/react';
import type { Props as FoundProps } from '@theme/Found';

/** Shows the passage that a reader has come to; the code that does it comes with the first one. */
export default function FoundHost(): ReactNode {
  const history = useHistory();
  const { pathname, key } = useLocation();
  const passage = useStore(found);
  const [Found, setFound] = useState<ComponentType<FoundProps>>();
  // Layouts may have a navbar each, so that this begins anew on the passage's page.
  const lastKey = useRef<string>(undefined);
  const here = passage && pageOf(passage.url) === pageOf(pathname);
  const onClear = useCallback(() => found.set(undefined), []);

  useEffect(() => navigateBy((url) => history.push(url)), [history]);
  useEffect(() => {
    const left = takeOver();
    if (left) found.set(left);
  }, []);
  useEffect(() => {
    // Whoever goes elsewhere, also while the passage's page still loads, does not come back to a highlight.
    if (key !== lastKey.current && passage && !here) onClear();
    lastKey.current = key;
  }, [key, passage, here, onClear]);
  useEffect(() => {
    if (!passage) return;
    import('@theme/Found').then(
      (module) => setFound(() => module.default),
      () => undefined,
    );
  }, [passage]);

  return Found && here && <Found passage={passage} onClear={onClear} />;
}
