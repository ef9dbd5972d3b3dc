import { useHistory } from '@docusaurus/router';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { openPanel } from 'lectern/ask';
import { goTo, handOver } from 'lectern/found';
import { writeFilters, type Filters, type Recents } from 'lectern/search';
import type { Choice } from '@theme/SearchBar/choices';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';
import type { Scope } from '@theme/SearchBar/useScope';

/** What is chosen from, and what becomes of the dialog. */
export interface Context {
  query: string;
  filters: Filters;
  scope: Scope;
  recents: Recents;
  onQuery(query: string): void;
  onClose(): void;
}

/** Where choices lead, and ways to get there. */
export interface Opening {
  /** The address of a choice that has one. */
  hrefOf(choice: Choice): string | undefined;
  onOpen(choice: Choice): void;
  onOpenInTab(choice: Choice): void;
  /** Prepares for the browser opening a choice's address by itself, in another tab. */
  onLeave(choice: Choice): void;
  /** Forgets a choice that was looked for or opened lately. */
  onRemove(choice: Choice): void;
  onAsk(): void;
}

/** Opens what a reader chooses, and remembers it. */
export function useOpening(context: Context): Opening {
  const { query, scope, recents, onQuery, onClose } = context;
  const history = useHistory();
  const hrefOf = useHrefs(context);
  const remember = (choice: Choice) => {
    recents.addQuery(query);
    if (choice.kind !== 'hit' || scope.abroad) return;
    recents.addPage({ url: hrefOf(choice)!, title: titleOf(choice) });
  };
  const onAsk = () => {
    const question = query.trim();
    recents.addQuery(question);
    onClose();
    openPanel(question === '' ? {} : { question });
  };
  const onLeave = (choice: Choice) => {
    remember(choice);
    if (choice.kind === 'hit') handOver({ url: hrefOf(choice)!, text: choice.hit.snippet.text });
  };
  const onOpen = (choice: Choice) => {
    if (choice.kind === 'ask') return onAsk();
    if (choice.kind === 'query') return onQuery(choice.query);
    onClose();
    const href = hrefOf(choice)!;
    if (choice.kind !== 'hit') {
      if (choice.kind === 'all') remember(choice);
      history.push(href);
    } else if (scope.abroad) {
      onLeave(choice);
      location.assign(href);
    } else {
      remember(choice);
      goTo(href, choice.hit.snippet.text);
    }
  };
  const onOpenInTab = (choice: Choice) => {
    const href = hrefOf(choice);
    if (href === undefined) return onOpen(choice);
    onLeave(choice);
    window.open(href, '_blank', 'noopener');
  };
  const onRemove = (choice: Choice) => {
    if (choice.kind === 'query') recents.removeQuery(choice.query);
    if (choice.kind === 'page') recents.removePage(choice.page.url);
  };
  return { hrefOf, onOpen, onOpenInTab, onLeave, onRemove, onAsk };
}

/** The addresses of choices. */
function useHrefs({ query, filters, scope }: Context): Opening['hrefOf'] {
  const { siteConfig } = useDocusaurusContext();
  const { searchPagePath } = usePluginOptions();
  return (choice) => {
    if (choice.kind === 'hit') return scope.baseUrl + choice.hit.url;
    if (choice.kind === 'page') return choice.page.url;
    if (choice.kind !== 'all') return undefined;
    const parameters = new URLSearchParams({ q: query.trim() });
    // No version is read on that page, so its address names the one that is searched here.
    writeFilters(parameters, { version: scope.version?.id, ...filters });
    return `${siteConfig.baseUrl}${searchPagePath}?${parameters}`;
  };
}

/** What a page is remembered as: its title, with the heading where the hit is. */
function titleOf({ hit, page }: Extract<Choice, { kind: 'hit' }>): string {
  const heading = hit.headings.at(-1);
  return heading === undefined || heading === page.title
    ? page.title
    : `${page.title} › ${heading}`;
}
