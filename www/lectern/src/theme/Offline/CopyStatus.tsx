import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { useOffline, type OfflineCopy, type OfflineState } from 'lectern/offline';
import { describeFailure } from '@theme/Offline/describeFailure';
import DownloadProgress from '@theme/Offline/DownloadProgress';
import { useWriting } from '@theme/Offline/useWriting';
import styles from './styles.module.css';

/** The copy and what becomes of it. */
export interface Props {
  copy: OfflineCopy;
  state: OfflineState;
}

/** What there is, what is on its way or in the way, and what the reader can do about it. */
export default function CopyStatus({ copy, state }: Props): ReactNode {
  const offline = useOffline();
  const writing = useWriting();
  const { status, kept, progress, stale, error } = state;
  const isUnderWay = status === 'fetching' || status === 'paused';

  return (
    <div className={styles.status} data-lectern-offline={status}>
      {offline && <p className={styles.mark}>{kept ? offlineWithCopy() : offlineWithout()}</p>}
      <div role="status" className={styles.lines}>
        {kept && (
          <p className={styles.line}>
            {keptSince(writing.size(kept.bytes), writing.date(kept.date))}
          </p>
        )}
        {status === 'kept' && stale === false && <p className={styles.ready}>{ready()}</p>}
        {isUnderWay && <p className={styles.line}>{underWay(state)}</p>}
        {status === 'kept' && stale && <p className={styles.line}>{newer()}</p>}
      </div>
      {progress && status !== 'kept' && <DownloadProgress progress={progress} />}
      {error && (
        <p className={styles.error} role="alert">
          {describeFailure(error, writing)}
        </p>
      )}
      <Actions copy={copy} state={state} />
    </div>
  );
}

function Actions({ copy, state: { status, stale } }: Props): ReactNode {
  const actions: [string, () => void][] = [];
  if (status === 'fetching') actions.push([pause(), () => copy.pause()]);
  if (status === 'paused') actions.push([goOn(), () => void copy.resume()]);
  if (status === 'failed') actions.push([tryAgain(), () => void copy.resume()]);
  if (status === 'kept' && stale) actions.push([update(), () => void copy.resume()]);
  return actions.map(([label, onClick]) => (
    <button key={label} type="button" className={styles.action} onClick={onClick}>
      {label}
    </button>
  ));
}

function underWay({ status, kept }: OfflineState): string {
  if (status === 'paused') {
    return translate({
      id: 'theme.Offline.paused',
      message: 'The download is paused. What has come is kept, and it goes on from there.',
    });
  }
  if (kept) {
    return translate({
      id: 'theme.Offline.updating',
      message: 'Fetching what has changed; the copy you have works meanwhile.',
    });
  }
  return translate({ id: 'theme.Offline.fetching', message: 'Downloading…' });
}

function keptSince(size: string, date: string): string {
  return translate(
    { id: 'theme.Offline.kept', message: 'On this device: {size}, last updated {date}.' },
    { size, date },
  );
}

function ready(): string {
  return translate({
    id: 'theme.Offline.ready',
    message: 'The copy is complete and up to date.',
  });
}

function newer(): string {
  return translate({
    id: 'theme.Offline.newer',
    message: 'The book has changed since then.',
  });
}

function offlineWithCopy(): string {
  return translate({
    id: 'theme.Offline.offlineWithCopy',
    message: 'You are offline. You are reading the copy on this device.',
  });
}

function offlineWithout(): string {
  return translate({
    id: 'theme.Offline.offlineWithout',
    message: 'You are offline, and there is no whole copy on this device yet.',
  });
}

function pause(): string {
  return translate({ id: 'theme.Offline.pause', message: 'Pause' });
}

function goOn(): string {
  return translate({ id: 'theme.Offline.goOn', message: 'Go on' });
}

function tryAgain(): string {
  return translate({ id: 'theme.Offline.tryAgain', message: 'Try again' });
}

function update(): string {
  return translate({ id: 'theme.Offline.update', message: 'Update the copy' });
}
