import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Failure } from 'lectern/relay';
import { useExplanation } from '@theme/Account/useExplanation';
import styles from './styles.module.css';

/** What went wrong, and how to try again. */
export interface Props {
  failure: Failure;
  onRetry?(): void;
}

/** Says what went wrong and what to do. */
export default function Failed({ failure, onRetry }: Props): ReactNode {
  const explain = useExplanation();
  return (
    <div className={styles.failed} role="alert">
      <p>{explain(failure)}</p>
      {onRetry && (
        <button type="button" className={styles.button} onClick={onRetry}>
          {translate({ id: 'theme.Account.tryAgain', message: 'Try again' })}
        </button>
      )}
    </div>
  );
}
