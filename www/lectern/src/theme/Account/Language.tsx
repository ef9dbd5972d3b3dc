import { useId, useMemo, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import styles from './styles.module.css';

/** The language that the reader wants to read; empty for the site's. */
export interface Props {
  value: string;
  onLanguage(tag: string): void;
}

/** Languages to choose from beside the site's own: those with the most readers. */
const LANGUAGES = (
  'en ar bn cs da de el es fa fi fr he hi hu id it ja ko mr ms nl no pl pt-BR pt ro ru sv sw ta te th tr uk ur vi ' +
  'zh-Hans zh-Hant'
).split(' ');

/** Chooses a language, each by its own name. */
export default function Language({ value, onLanguage }: Props): ReactNode {
  const id = useId();
  const { locales } = useDocusaurusContext().i18n;
  const choices = useMemo(() => named([...LANGUAGES, ...locales, value]), [locales, value]);
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {translate({ id: 'theme.Account.language', message: 'Language to read in' })}
      </label>
      <select
        id={id}
        className={styles.input}
        name="language"
        value={value}
        onChange={(event) => onLanguage(event.target.value)}
      >
        <option value="">
          {translate({ id: 'theme.Account.sameLanguage', message: 'The language of the site' })}
        </option>
        {choices.map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function named(tags: string[]): [tag: string, name: string][] {
  const distinct = [...new Set(tags.filter(Boolean))];
  const names = distinct.map((tag): [string, string] => [tag, ownName(tag)]);
  return names.sort(([, a], [, b]) => a.localeCompare(b));
}

function ownName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
  } catch {
    return tag;
  }
}
