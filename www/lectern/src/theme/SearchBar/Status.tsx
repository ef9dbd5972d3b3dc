import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { savesData, type LecternClient, type LecternState } from 'lectern';
import { useLectern } from 'lectern/react';
import styles from './styles.module.css';

/** The line at the foot: what the search can do by now, and which keys there are. */
export default function Status({ client }: { client: LecternClient }): ReactNode {
  const state = useLectern(client);
  const canLoadMeaning = state.stage === 'words' && (state.error !== undefined || savesData());
  const loadMeaning = () => client.loadMeaning().catch(() => undefined);
  return (
    <div className={styles.foot}>
      <span className={styles.status} data-lectern-stage={state.stage}>
        {describe(state)}
        {canLoadMeaning && (
          <button type="button" className={styles.action} onClick={loadMeaning}>
            {state.error ? tryAgain() : meaningToo()}
          </button>
        )}
      </span>
      <KeyHints />
    </div>
  );
}

function KeyHints(): ReactNode {
  return (
    <span className={styles.keyHints} aria-hidden="true">
      <kbd className={styles.key}>↑</kbd>
      <kbd className={styles.key}>↓</kbd>
      {translate({ id: 'theme.SearchBar.toMove', message: 'to move' })}
      <kbd className={styles.key}>↵</kbd>
      {translate({ id: 'theme.SearchBar.toOpen', message: 'to open' })}
      <kbd className={styles.key}>Esc</kbd>
      {translate({ id: 'theme.SearchBar.toClose', message: 'to close' })}
    </span>
  );
}

function describe(state: LecternState): string {
  switch (state.stage) {
    case 'loading-words':
      return `${translate({ id: 'theme.SearchBar.loadingWords', message: 'Loading the index…' })} ${amount(state)}`;
    case 'words':
      return state.error ? meaningFailed(state.error.message) : byWords();
    case 'loading-meaning':
      return `${translate({ id: 'theme.SearchBar.loadingMeaning', message: 'Loading search by meaning…' })} ${amount(state)}`;
    case 'meaning':
      return translate({
        id: 'theme.SearchBar.byMeaning',
        message: 'Searching by words and meaning',
      });
    default:
      return '';
  }
}

function byWords(): string {
  return translate({ id: 'theme.SearchBar.byWords', message: 'Searching by words' });
}

function meaningFailed(reason: string): string {
  return translate(
    { id: 'theme.SearchBar.meaningFailed', message: 'Searching by words alone: {reason}' },
    { reason },
  );
}

/** How much has been loaded, in megabytes with a decimal. */
function amount({ loaded, total }: LecternState): string {
  if (total === 0) return '';
  return translate(
    { id: 'theme.SearchBar.loaded', message: '{loaded} of {total} MB' },
    { loaded: megabytes(loaded), total: megabytes(total) },
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function tryAgain(): string {
  return translate({ id: 'theme.SearchBar.tryAgain', message: 'Try again' });
}

function meaningToo(): string {
  return translate({ id: 'theme.SearchBar.loadMeaning', message: 'Search by meaning too' });
}
