import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import type { Filters as FilterValues } from 'lectern/search';
import type { Scope } from '@theme/SearchBar/useScope';
import styles from './filters.module.css';

/** What is chosen, and what can be. */
export interface Props {
  filters: FilterValues;
  scope: Scope;
  onFilters(filters: FilterValues): void;
}

/** The filters that a site has a use for: section, version, language. */
export default function Filters({ filters, scope, onFilters }: Props): ReactNode {
  const { i18n } = useDocusaurusContext();
  const { sections, versions, version, languages, language } = scope;
  if (sections.length + versions.length + languages.length === 0) return null;
  const change = (chosen: FilterValues) => onFilters({ ...filters, ...chosen });
  const section = sections.find(({ id }) => id === filters.section)?.id ?? '';
  return (
    <div className={styles.filters} role="group" aria-label={title()}>
      <Filter
        label={translate({ id: 'theme.SearchBar.section', message: 'Section' })}
        all={translate({ id: 'theme.SearchBar.allSections', message: 'Whole book' })}
        choices={sections}
        chosen={section}
        onChoose={(id) => change({ section: id || undefined })}
      />
      <Filter
        label={translate({ id: 'theme.SearchBar.version', message: 'Version' })}
        choices={versions}
        chosen={version?.id ?? ''}
        onChoose={(id) => change({ version: id, section: undefined })}
      />
      <Filter
        label={translate({ id: 'theme.SearchBar.language', message: 'Language' })}
        choices={languages}
        chosen={language}
        onChoose={(id) => change({ locale: id === i18n.currentLocale ? undefined : id })}
      />
    </div>
  );
}

interface FilterProps {
  label: string;
  /** The choice of no restriction, where there is one. */
  all?: string;
  choices: { id: string; label: string }[];
  chosen: string;
  onChoose(id: string): void;
}

function Filter({ label, all, choices, chosen, onChoose }: FilterProps): ReactNode {
  if (choices.length === 0) return null;
  return (
    <select
      className={styles.filter}
      aria-label={label}
      title={label}
      data-lectern-filtered={all !== undefined && chosen !== '' ? '' : undefined}
      value={chosen}
      onChange={(event) => onChoose(event.target.value)}
    >
      {all !== undefined && <option value="">{all}</option>}
      {choices.map(({ id, label: name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function title(): string {
  return translate({ id: 'theme.SearchBar.filters', message: 'Where to search' });
}
