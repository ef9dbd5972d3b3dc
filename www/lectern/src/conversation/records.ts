import type { Conversation, SourcePart } from '../relay/index.js';
import { sourceOf } from '../relay/index.js';
import { BOOK, newTurn, type Turn } from './turn.js';

/** A conversation as it is kept. */
export interface Saved {
  id: string;
  /** Milliseconds since 1970 at its last change. */
  at: number;
  /** The relay's id of it, where the relay keeps it. */
  remote?: string;
  turns: Turn[];
}

/** What a list shows of a conversation: its first question. */
export function titleOf({ turns }: Saved): string {
  return turns[0]?.question ?? '';
}

/** A turn for keeping: what was under way will not go on. */
export function atRest(turn: Turn): Turn {
  if (turn.state === 'waiting') return { ...turn, state: 'failed', why: 'unreachable' };
  return turn.state === 'writing' ? { ...turn, state: 'cut', why: 'unreachable' } : turn;
}

/** What was kept, of whatever shape it is; nothing where it is no conversation. */
export function parse(text: string | null): Saved | undefined {
  try {
    const { id, at, remote, turns } = JSON.parse(text ?? 'null');
    const isWhole = typeof id === 'string' && typeof at === 'number' && Array.isArray(turns);
    return isWhole && turns.every(isTurn) ? { id, at, remote, turns } : undefined;
  } catch {
    return undefined;
  }
}

/** The relay's record of a conversation as turns: each question with the answer after it. */
export function turnsOf(messages: Conversation['messages']): Turn[] {
  const turns: Turn[] = [];
  for (const { id, role, parts, metadata } of messages) {
    const text = parts.filter(isText).map((part) => part.text);
    if (role === 'user') {
      turns.push({ ...newTurn(text.join('\n'), BOOK), id, state: 'cut', why: 'unavailable' });
      continue;
    }
    const question = turns.pop();
    if (!question) continue;
    const sources = parts.filter(isSource).map(sourceOf);
    const isWhole = metadata.status === 'complete';
    turns.push({
      ...question,
      text: text.join('\n\n'),
      sources,
      message: id,
      state: isWhole ? 'done' : 'cut',
      why: isWhole ? undefined : 'unavailable',
    });
  }
  return turns;
}

function isTurn(value: unknown): value is Turn {
  const { id, question, scope, state, text, sources } = (value ?? {}) as Partial<Turn>;
  const texts = [id, question, scope?.kind, state, text];
  return texts.every((own) => typeof own === 'string') && Array.isArray(sources);
}

function isText(part: unknown): part is { text: string } {
  return (part as { type?: string } | null)?.type === 'text';
}

function isSource(part: unknown): part is SourcePart {
  return (part as { type?: string } | null)?.type === 'source-url';
}
