import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IDLE, type LecternState } from '../src/client/state.js';
import { LecternError, type LecternClient } from '../src/client/index.js';
import Status from '../src/theme/SearchBar/Status.js';
import { INFO } from './answers.js';

vi.mock('lectern', () => import('../src/client/index.js'));
vi.mock('lectern/react', () => import('../src/react/index.js'));
vi.mock('@docusaurus/useIsBrowser', () => ({ default: () => false }));
vi.mock('@docusaurus/useGlobalData', () => ({ usePluginData: () => ({ askHotkeys: ['mod+i'] }) }));
vi.mock('@docusaurus/Translate', () => ({
  translate: ({ message }: { message: string }, values: Record<string, string> = {}) =>
    message.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
}));

/** What the status line says in a state: its text, its button and its marks. */
function status(state: Partial<LecternState>) {
  const snapshot = { ...IDLE, info: INFO, ...state };
  const client = { subscribe: () => () => undefined, getSnapshot: () => snapshot };
  const html = renderToStaticMarkup(
    createElement(Status, { client: client as unknown as LecternClient }),
  );
  const [, marks, text, button] = html.match(
    /<span((?: data-lectern-\w+="[\w-]+"| class="[^"]*")*)>([^<]*)(?:<button[^>]*>([^<]*))?/,
  )!;
  return { marks, text, button };
}

const ERROR = new LecternError('network', 'no connection');

describe('the status line', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('marks the stage and the encoder', () => {
    const { marks } = status({ stage: 'loading-meaning', encoder: 'small' });
    expect(marks).toContain('data-lectern-stage="loading-meaning"');
    expect(marks).toContain('data-lectern-encoder="small"');
  });

  it('names each encoder in its own words', () => {
    const texts = (['small', 'full', 'relay'] as const).map(
      (encoder) => status({ stage: 'meaning', encoder }).text,
    );
    expect(new Set(texts).size).toBe(3);
    expect(texts.every((text) => text?.startsWith('Searching by words and'))).toBe(true);
  });

  it('offers the full encoder with what it still downloads to a reader of the small one', () => {
    expect(status({ stage: 'meaning', encoder: 'small' }).button).toBe(
      'Search more precisely (7.9 MB)',
    );
    const info = { ...INFO, bytes: { full: 0 } };
    expect(status({ stage: 'meaning', encoder: 'small', info }).button).toBe(
      'Search more precisely',
    );
  });

  it.each<Partial<LecternState>>([
    { stage: 'meaning', encoder: 'full' },
    { stage: 'meaning', encoder: 'relay' },
    { stage: 'meaning', encoder: 'small', info: { ...INFO, encoders: ['small'] } },
    { stage: 'loading-meaning', encoder: 'small' },
    { stage: 'words' },
    { stage: 'words', error: ERROR, info: { ...INFO, encoders: [] } },
  ])('offers nothing more in the state %o', (state) => {
    expect(status(state).button).toBeUndefined();
  });

  it('offers meaning where it could not be loaded or data is to be saved', () => {
    expect(status({ stage: 'words', error: ERROR })).toMatchObject({
      text: 'Searching by words alone: Part of the search could not be loaded. Check the connection and try again.',
      button: 'Try again',
    });
    vi.stubGlobal('navigator', { connection: { saveData: true } });
    expect(status({ stage: 'words' }).button).toBe('Search by meaning too');
  });

  it('says how much has been loaded, also while a better encoder loads', () => {
    const loading = { stage: 'loading-meaning', loaded: 2e6, total: 8e6 } as const;
    expect(status(loading).text).toBe('Loading search by meaning… 2.0 of 8.0 MB');
    expect(status({ ...loading, encoder: 'small' }).text).toBe(
      'Loading a better search… 2.0 of 8.0 MB',
    );
  });

  it('says why a part could not be loaded, and offers it again', () => {
    expect(status({ stage: 'meaning', encoder: 'small', error: ERROR })).toMatchObject({
      text: 'Searching with what is loaded: Part of the search could not be loaded. Check the connection and try again.',
      button: 'Search more precisely (7.9 MB)',
    });
  });
});
