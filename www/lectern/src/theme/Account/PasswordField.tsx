import { useState, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import Field, { type Props as FieldProps } from '@theme/Account/Field';
import styles from './styles.module.css';

/** What a password is for, as password managers tell it, and what is wrong with it. */
export interface Props extends Pick<FieldProps, 'hint' | 'error'> {
  autoComplete: 'current-password' | 'new-password';
}

/** A password, which can be shown. What is typed stays in the input alone. */
export default function PasswordField({ autoComplete, ...texts }: Props): ReactNode {
  const [isShown, setShown] = useState(false);
  const show = (
    <button
      type="button"
      className={styles.show}
      aria-pressed={isShown}
      onClick={() => setShown(!isShown)}
    >
      {translate({ id: 'theme.Account.show', message: 'Show password' })}
    </button>
  );
  return (
    <Field
      {...texts}
      label={translate({ id: 'theme.Account.password', message: 'Password' })}
      name="password"
      type={isShown ? 'text' : 'password'}
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck={false}
      end={show}
    />
  );
}
