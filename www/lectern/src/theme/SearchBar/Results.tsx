import { useEffect, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Choice } from '@theme/SearchBar/choices';
import HitOption from '@theme/SearchBar/Hit';
import Option from '@theme/SearchBar/Option';
import Recent from '@theme/SearchBar/Recent';
import type { Opening } from '@theme/SearchBar/useOpening';
import hit from './hit.module.css';
import styles from './styles.module.css';

/** What the list and its options share. */
export interface List extends Opening {
  id: string;
  /** The id of an option's element, by that of its choice. */
  idOf(id: string): string;
  choices: Choice[];
  selected?: Choice;
  query: string;
  /** True while what is listed gives way to an answer, or to a better one. */
  busy: boolean;
  onSelect(choice: Choice): void;
  /** Called when a reader points at the list. */
  onHold(): void;
}

/** Choices that stand together, under a title where they have one. */
interface Group {
  key: string;
  title?: string;
  choices: Choice[];
}

/** The options in groups: to ask, the hits of every page, the way to all of them; or what was looked for lately. */
export default function Results({ list }: { list: List }): ReactNode {
  const { choices, selected } = list;
  const selectedId = selected && list.idOf(selected.id);
  const order = choices.map(({ id }) => id).join();
  useEffect(() => {
    if (!selectedId) return;
    // With the next picture, which needs the layout that scrolling asks for: now it would be made once more.
    const frame = requestAnimationFrame(() =>
      document.getElementById(selectedId)?.scrollIntoView({ block: 'nearest' }),
    );
    return () => cancelAnimationFrame(frame);
  }, [selectedId, order]);

  return (
    <div
      id={list.id}
      role="listbox"
      aria-busy={list.busy}
      aria-label={translate({ id: 'theme.SearchBar.results', message: 'Search results' })}
    >
      {groupsOf(choices).map((group) => (
        <OptionGroup key={group.key} group={group} list={list} />
      ))}
    </div>
  );
}

function OptionGroup({ group, list }: { group: Group; list: List }): ReactNode {
  const { key, title, choices } = group;
  const options = choices.map((choice) => (
    <AnyOption key={choice.id} choice={choice} list={list} />
  ));
  if (title === undefined) return options;
  const titleId = list.idOf(`group-${encodeURIComponent(key)}`);
  return (
    <div role="group" aria-labelledby={titleId} className={styles.group}>
      <div id={titleId} role="presentation" dir="auto" className={styles.pageTitle}>
        {title}
      </div>
      {options}
    </div>
  );
}

function AnyOption({ choice, list }: { choice: Choice; list: List }): ReactNode {
  switch (choice.kind) {
    case 'hit':
      return <HitOption choice={choice} list={list} />;
    case 'ask':
      return (
        <Option choice={choice} list={list} className={hit.askOption}>
          {askAbout(list.query.trim())}
        </Option>
      );
    case 'all':
      return (
        <Option choice={choice} list={list} className={hit.allOption}>
          {translate({ id: 'theme.SearchBar.all', message: 'All results on a page' })}
        </Option>
      );
    default:
      return <Recent choice={choice} list={list} />;
  }
}

/** Neighbours that belong to one page, or are of one kind, in a group. */
function groupsOf(choices: Choice[]): Group[] {
  const groups: Group[] = [];
  for (const choice of choices) {
    const { key, title } = groupOf(choice);
    const last = groups.at(-1);
    if (last?.key === key) last.choices.push(choice);
    else groups.push({ key, title, choices: [choice] });
  }
  return groups;
}

function groupOf(choice: Choice): Omit<Group, 'choices'> {
  switch (choice.kind) {
    case 'hit':
      return { key: `hits ${choice.page.url}`, title: choice.page.title };
    case 'query':
      return {
        key: choice.kind,
        title: translate({ id: 'theme.SearchBar.recentQueries', message: 'Recent searches' }),
      };
    case 'page':
      return {
        key: choice.kind,
        title: translate({ id: 'theme.SearchBar.recentPages', message: 'Recently opened' }),
      };
    default:
      return { key: choice.kind };
  }
}

function askAbout(query: string): string {
  return translate({ id: 'theme.SearchBar.askAbout', message: 'Ask: {query}' }, { query });
}
