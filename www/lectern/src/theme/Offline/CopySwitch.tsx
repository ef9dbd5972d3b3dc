import { useId, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Choice, OfflineCopy } from 'lectern/offline';
import { useStore } from 'lectern/react';
import Choices from '@theme/Offline/Choices';
import CopyStatus from '@theme/Offline/CopyStatus';
import styles from './styles.module.css';

/** The switch that keeps and deletes the copy, what the copy is to have, and what becomes of it. */
export default function CopySwitch({ copy }: { copy: OfflineCopy }): ReactNode {
  const state = useStore(copy.state);
  const hint = useId();
  const on = state.status !== 'off' && state.status !== 'unknown';
  const onToggle = () => void (on ? copy.remove() : copy.turnOn(state.choice));
  const onChoice = (choice: Choice) => (on ? void copy.turnOn(choice) : copy.choose(choice));

  return (
    <>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-describedby={hint}
        disabled={state.status === 'unknown' || (!on && !state.sizes)}
        className={styles.switch}
        onClick={onToggle}
      >
        <span>{translate({ id: 'theme.Offline.switch', message: 'Available offline' })}</span>
        <span className={styles.track} aria-hidden="true">
          <span className={styles.thumb} />
        </span>
      </button>
      <p id={hint} className={styles.hint}>
        {on ? deletes() : keeps()}
      </p>
      <Choices choice={state.choice} sizes={state.sizes} onChoice={onChoice} />
      <CopyStatus copy={copy} state={state} />
    </>
  );
}

function deletes(): string {
  return translate({
    id: 'theme.Offline.deletes',
    message: 'Turning this off deletes the copy from this device.',
  });
}

function keeps(): string {
  return translate({
    id: 'theme.Offline.keeps',
    message: 'Nothing is kept on this device until you turn this on.',
  });
}
