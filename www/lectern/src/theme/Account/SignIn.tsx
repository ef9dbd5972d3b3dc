import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { accountFormOf, type Failure } from 'lectern/relay';
import { useStore } from 'lectern/react';
import Failed from '@theme/Account/Failed';
import Field from '@theme/Account/Field';
import PasswordField from '@theme/Account/PasswordField';
import { useExplanation } from '@theme/Account/useExplanation';
import { useRelay } from '@theme/Account/useRelay';
import styles from './styles.module.css';

/** The form by which readers sign in, or make an account. Other views may show it where they need somebody signed in. */
export default function SignIn(): ReactNode {
  const relay = useRelay();
  const form = accountFormOf(relay);
  const { mode, name, email, busy, failure } = useStore(form.state);
  const { status } = useStore(relay.session);
  const { errors, other } = useErrors(failure);
  const element = useFocusOnError(failure);
  const title = useId();
  const isNew = mode === 'sign-up';

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void form.submit(String(new FormData(event.currentTarget).get('password') ?? ''));
  };
  return (
    <form
      ref={element}
      className={styles.form}
      noValidate
      aria-labelledby={title}
      onSubmit={onSubmit}
    >
      <h3 id={title} className={styles.title}>
        {isNew ? createText() : signInText()}
      </h3>
      {status === 'expired' && (
        <p className={styles.note} role="status">
          {translate({
            id: 'theme.Account.expired',
            message: 'Your session has ended. Sign in again: nothing that you have typed is lost.',
          })}
        </p>
      )}
      {isNew && (
        <Field
          label={translate({ id: 'theme.Account.name', message: 'Name' })}
          name="name"
          autoComplete="name"
          maxLength={200}
          value={name}
          error={errors.name}
          onChange={(event) => form.edit({ name: event.target.value })}
        />
      )}
      <Field
        label={translate({ id: 'theme.Account.email', message: 'E-mail' })}
        name="email"
        type="email"
        autoComplete="username"
        maxLength={254}
        dir="ltr"
        value={email}
        error={errors.email}
        onChange={(event) => form.edit({ email: event.target.value })}
      />
      <PasswordField
        key={mode}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        hint={isNew ? passwordHint() : undefined}
        error={errors.password}
      />
      {other && <Failed failure={other} />}
      <button type="submit" className={styles.primary} aria-disabled={busy}>
        {busy ? waitText() : isNew ? createText() : signInText()}
      </button>
      <p className={styles.switch}>
        {isNew ? haveOneText() : noneYetText()}{' '}
        <button
          type="button"
          className={styles.link}
          onClick={() => form.edit({ mode: isNew ? 'sign-in' : 'sign-up' })}
        >
          {isNew ? signInText() : createText()}
        </button>
      </p>
    </form>
  );
}

/** Which input an error is about. */
const FIELDS: Record<string, 'name' | 'email' | 'password'> = {
  name_missing: 'name',
  invalid_email: 'email',
  validation_error: 'email',
  user_already_exists_use_another_email: 'email',
  password_missing: 'password',
  password_too_short: 'password',
  password_too_long: 'password',
  invalid_email_or_password: 'password',
};

function useErrors(failure: Failure | undefined) {
  const explain = useExplanation();
  const field = failure && FIELDS[failure.code];
  const errors: { name?: string; email?: string; password?: string } = {};
  if (failure && field) errors[field] = explain(failure);
  return { errors, other: field ? undefined : failure };
}

/** Takes the reader to the input that an error is about. */
function useFocusOnError(failure: Failure | undefined) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (failure) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [failure]);
  return form;
}

function signInText(): string {
  return translate({ id: 'theme.Account.signIn', message: 'Sign in' });
}

function createText(): string {
  return translate({ id: 'theme.Account.create', message: 'Create an account' });
}

function waitText(): string {
  return translate({ id: 'theme.Account.wait', message: 'One moment…' });
}

function passwordHint(): string {
  return translate({ id: 'theme.Account.hint', message: '8 characters or more' });
}

function haveOneText(): string {
  return translate({ id: 'theme.Account.haveOne', message: 'You have an account?' });
}

function noneYetText(): string {
  return translate({ id: 'theme.Account.noneYet', message: 'No account yet?' });
}
