import { useEffect, useId, type FormEvent, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { profileFormOf, type ProfileForm } from 'lectern/relay';
import { useStore } from 'lectern/react';
import Failed from '@theme/Account/Failed';
import Language from '@theme/Account/Language';
import LongText from '@theme/Account/LongText';
import Subjects from '@theme/Account/Subjects';
import { useRelay } from '@theme/Account/useRelay';
import styles from './styles.module.css';

/** The form in which readers say who they are, so that answers and chapters suit them. */
export default function Profile(): ReactNode {
  const form = profileFormOf(useRelay());
  const { status, failure } = useStore(form.state);
  const title = useId();
  useEffect(() => void form.load(), [form]);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void form.save();
  };
  return (
    <form className={styles.section} aria-labelledby={title} onSubmit={onSubmit}>
      <h3 id={title} className={styles.title}>
        {translate({ id: 'theme.Account.profile', message: 'About you' })}
      </h3>
      <p className={styles.note}>
        {translate({
          id: 'theme.Account.profileWhy',
          message: 'Answers and retold chapters begin from what you know. Leave out what you like.',
        })}
      </p>
      {status === 'unreadable' && failure ? (
        <Failed failure={failure} onRetry={() => void form.load()} />
      ) : (
        <Fields form={form} />
      )}
    </form>
  );
}

function Fields({ form }: { form: ProfileForm }): ReactNode {
  const { status, fields, saving, failure } = useStore(form.state);
  if (status !== 'ready') return <p className={styles.note}>{waitText()}</p>;
  return (
    <>
      <LongText
        label={translate({ id: 'theme.Account.background', message: 'What you know and do' })}
        hint={translate({
          id: 'theme.Account.backgroundHint',
          message: 'For example: ten years of web servers, no robotics.',
        })}
        name="background"
        value={fields.background}
        onText={(background) => form.edit({ background })}
      />
      <LongText
        label={translate({ id: 'theme.Account.goals', message: 'What you want to learn' })}
        name="goals"
        value={fields.goals}
        onText={(goals) => form.edit({ goals })}
      />
      <Subjects levels={fields.levels} onLevels={(levels) => form.edit({ levels })} />
      <Language value={fields.language} onLanguage={(language) => form.edit({ language })} />
      {failure && <Failed failure={failure} />}
      <div className={styles.row}>
        <button type="submit" className={styles.primary} aria-disabled={saving === 'saving'}>
          {translate({ id: 'theme.Account.save', message: 'Save' })}
        </button>
        <span className={styles.hint} role="status">
          {SAVING[saving]()}
        </span>
      </div>
    </>
  );
}

const SAVING = {
  untouched: () => '',
  unsaved: () => translate({ id: 'theme.Account.unsaved', message: 'Not saved yet' }),
  saving: () => translate({ id: 'theme.Account.saving', message: 'Saving…' }),
  saved: () => translate({ id: 'theme.Account.saved', message: 'Saved' }),
};

function waitText(): string {
  return translate({ id: 'theme.Account.readingProfile', message: 'Reading what you have said…' });
}
