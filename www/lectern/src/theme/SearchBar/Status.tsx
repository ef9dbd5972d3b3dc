import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { savesData, type Encoder, type LecternClient, type LecternState } from 'lectern';
import { useLectern } from 'lectern/react';
import OfflineMark from '@theme/Offline/Mark';
import { problem } from '@theme/SearchBar/problem';
import styles from './styles.module.css';

/** The search that the line is about, and what stands beside it. */
export interface Props {
  client: LecternClient;
  children?: ReactNode;
}

/** The line at the foot: what the search can do by now, and how it can do better. */
export default function Status({ client, children }: Props): ReactNode {
  const state = useLectern(client);
  return (
    <div className={styles.foot}>
      <span
        className={styles.status}
        data-lectern-stage={state.stage}
        data-lectern-encoder={state.encoder}
      >
        <OfflineMark />
        {describe(state)}
        <Better client={client} state={state} />
      </span>
      {children}
    </div>
  );
}

/** The button that makes the search better, where it can be. */
function Better({ client, state }: { client: LecternClient; state: LecternState }): ReactNode {
  const { stage, encoder, error, info } = state;
  const load = (wanted?: Encoder) => () => void client.loadMeaning(wanted).catch(() => undefined);
  if (stage === 'words' && info?.encoders.length && (error || savesData())) {
    return <Action onClick={load()}>{error ? tryAgain() : meaningToo()}</Action>;
  }
  if (stage === 'meaning' && encoder === 'small' && info?.encoders.includes('full')) {
    return <Action onClick={load('full')}>{morePrecisely(info.bytes.full)}</Action>;
  }
  return null;
}

function Action({ onClick, children }: { onClick(): void; children: ReactNode }): ReactNode {
  return (
    <button type="button" className={styles.action} onClick={onClick}>
      {children}
    </button>
  );
}

function describe(state: LecternState): string {
  const { stage, encoder, error } = state;
  switch (stage) {
    case 'loading-words':
      return `${translate({ id: 'theme.SearchBar.loadingWords', message: 'Loading the index…' })} ${amount(state)}`;
    case 'words':
      return error ? meaningFailed(problem(error)) : byWords();
    case 'loading-meaning':
      return `${encoder === 'none' ? loadingMeaning() : loadingBetter()} ${amount(state)}`;
    case 'meaning':
      return error ? partFailed(problem(error)) : BY_MEANING[encoder]();
    default:
      return '';
  }
}

function byWords(): string {
  return translate({ id: 'theme.SearchBar.byWords', message: 'Searching by words' });
}

/** How the search reads a query, by the encoder in use. */
const BY_MEANING: Record<Encoder, () => string> = {
  none: byWords,
  small: () =>
    translate({ id: 'theme.SearchBar.byMeaning', message: 'Searching by words and meaning' }),
  full: () =>
    translate({
      id: 'theme.SearchBar.byMeaningPrecisely',
      message: 'Searching by words and precise meaning',
    }),
  relay: () =>
    translate({
      id: 'theme.SearchBar.byMeaningOnServer',
      message: 'Searching by words and meaning, with the help of a server',
    }),
};

function loadingMeaning(): string {
  return translate({
    id: 'theme.SearchBar.loadingMeaning',
    message: 'Loading search by meaning…',
  });
}

function loadingBetter(): string {
  return translate({ id: 'theme.SearchBar.loadingBetter', message: 'Loading a better search…' });
}

function meaningFailed(reason: string): string {
  return translate(
    { id: 'theme.SearchBar.meaningFailed', message: 'Searching by words alone: {reason}' },
    { reason },
  );
}

function partFailed(reason: string): string {
  return translate(
    { id: 'theme.SearchBar.partFailed', message: 'Searching with what is loaded: {reason}' },
    { reason },
  );
}

/** How much has been loaded, in megabytes with a decimal; nothing where that would be none of none. */
function amount({ loaded, total }: LecternState): string {
  if (total < LEAST_TOLD) return '';
  return translate(
    { id: 'theme.SearchBar.loaded', message: '{loaded} of {total} MB' },
    { loaded: megabytes(loaded), total: megabytes(total) },
  );
}

/** Bytes that are a tenth of a megabyte, rounded. */
const LEAST_TOLD = 50_000;

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function tryAgain(): string {
  return translate({ id: 'theme.SearchBar.tryAgain', message: 'Try again' });
}

function meaningToo(): string {
  return translate({ id: 'theme.SearchBar.loadMeaning', message: 'Search by meaning too' });
}

/** `bytes` are those still to be loaded, if any are. */
function morePrecisely(bytes = 0): string {
  if (bytes === 0) {
    return translate({ id: 'theme.SearchBar.morePrecisely', message: 'Search more precisely' });
  }
  return translate(
    { id: 'theme.SearchBar.morePreciselyFor', message: 'Search more precisely ({size} MB)' },
    { size: megabytes(bytes) },
  );
}
