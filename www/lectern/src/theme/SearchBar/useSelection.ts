import { useState } from 'react';
import type { Choice } from '@theme/SearchBar/choices';

/** The choices in the order of the list, and the selected one. */
export interface Selection {
  choices: Choice[];
  selected?: Choice;
  select(choice: Choice): void;
}

/**
 * Keeps one choice selected: the first hit, or to ask where there is none, until the reader chooses another. A better
 * answer to the same query keeps what was chosen, wherever it has moved to. Of what was opened lately nothing is
 * selected by itself.
 */
export function useSelection(choices: Choice[], query: string | undefined): Selection {
  const [choice, setChoice] = useState<{ query?: string; id?: string }>({});
  const chosen = choice.query === query && choices.find(({ id }) => id === choice.id);
  const selected = chosen || choices.find(({ kind }) => kind === 'hit') || asking(choices);
  return { choices, selected, select: ({ id }) => setChoice({ query, id }) };
}

function asking(choices: Choice[]): Choice | undefined {
  return choices.find(({ kind }) => kind === 'ask');
}
