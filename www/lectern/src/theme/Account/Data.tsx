import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Failure } from 'lectern/relay';
import Failed from '@theme/Account/Failed';
import PasswordField from '@theme/Account/PasswordField';
import { useAction } from '@theme/Account/useAction';
import { useExplanation } from '@theme/Account/useExplanation';
import { useRelay } from '@theme/Account/useRelay';
import styles from './styles.module.css';

/** All that is kept of the reader: to take away, or to be gone. */
export default function Data(): ReactNode {
  const relay = useRelay();
  const [isAsked, setAsked] = useState(false);
  const save = useAction(async () => offer(await relay.exportAccount()));
  return (
    <section className={styles.section}>
      <h3 className={styles.title}>
        {translate({ id: 'theme.Account.data', message: 'Your data' })}
      </h3>
      <div className={styles.row}>
        <button
          type="button"
          className={styles.button}
          aria-disabled={save.busy}
          onClick={save.run}
        >
          {translate({ id: 'theme.Account.export', message: 'Download all of it' })}
        </button>
        {!isAsked && (
          <button type="button" className={styles.danger} onClick={() => setAsked(true)}>
            {translate({ id: 'theme.Account.delete', message: 'Delete the account…' })}
          </button>
        )}
      </div>
      {save.failure && <Failed failure={save.failure} />}
      {isAsked && <Deletion onCancel={() => setAsked(false)} />}
    </section>
  );
}

/** Asks once more, and for the password where the relay wants it. */
function Deletion({ onCancel }: { onCancel(): void }): ReactNode {
  const relay = useRelay();
  const form = useRef<HTMLFormElement>(null);
  const explain = useExplanation();
  const { busy, failure, run } = useAction(() => relay.deleteAccount(passwordIn(form.current)));
  const needsPassword = isAboutPassword(failure);
  useEffect(() => form.current?.focus(), []);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <form ref={form} className={styles.deletion} tabIndex={-1} onSubmit={onSubmit}>
      <p>
        {translate({
          id: 'theme.Account.deleteWhat',
          message: 'Account, profile, conversations and ratings will be gone for good.',
        })}
      </p>
      {needsPassword && failure && (
        <PasswordField autoComplete="current-password" error={explain(failure)} />
      )}
      {failure && !needsPassword && <Failed failure={failure} />}
      <div className={styles.row}>
        <button type="submit" className={styles.danger} aria-disabled={busy}>
          {translate({ id: 'theme.Account.deleteNow', message: 'Delete for good' })}
        </button>
        <button type="button" className={styles.button} onClick={onCancel}>
          {translate({ id: 'theme.Account.keep', message: 'Keep it' })}
        </button>
      </div>
    </form>
  );
}

function isAboutPassword(failure: Failure | undefined): boolean {
  return failure?.code === 'session_not_fresh' || failure?.code === 'wrong_password';
}

function passwordIn(form: HTMLFormElement | null): string | undefined {
  const password = form && new FormData(form).get('password');
  return typeof password === 'string' && password ? password : undefined;
}

/** Offers a file to be saved. */
function offer(file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: url, download: 'account.json' });
  link.click();
  URL.revokeObjectURL(url);
}
