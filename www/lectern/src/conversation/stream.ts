import { sourceOf, type StreamMetadata, type StreamPart } from '../relay/index.js';
import type { Turn } from './turn.js';

/** An answer that is being read, and how its stream has ended, if it has. */
export interface Reading {
  turn: Turn;
  /** The conversation that the relay keeps it in. */
  conversation?: string;
  ended?: 'finished' | 'refused' | 'failed';
}

/** What is known after one more part. Parts that mean nothing here change nothing. */
export function read(before: Reading, part: StreamPart): Reading {
  const { turn } = before;
  switch (part.type) {
    case 'start':
      return withTurn(withMetadata(before, part.messageMetadata), { message: part.messageId });
    case 'source-url':
      return withTurn(before, { sources: [...turn.sources, sourceOf(part)] });
    case 'text-start':
      // After a search of the model a new text begins, which is a paragraph of its own.
      return turn.text === '' ? before : withTurn(before, { text: `${turn.text.trimEnd()}\n\n` });
    case 'text-delta':
      return withTurn(before, { text: turn.text + part.delta, state: 'writing' });
    case 'message-metadata':
      return withMetadata(before, part.messageMetadata);
    case 'error':
      return { ...before, ended: 'failed' };
    case 'finish': {
      const ended = part.finishReason === 'content-filter' ? 'refused' : 'finished';
      return { ...withMetadata(before, part.messageMetadata), ended };
    }
    default:
      return before;
  }
}

function withMetadata(before: Reading, metadata: StreamMetadata = {}): Reading {
  const { book = before.turn.book, conversation = before.conversation, answerer } = metadata;
  const extractive = answerer === undefined ? before.turn.extractive : answerer === 'extractive';
  return { ...withTurn(before, { book, extractive }), conversation };
}

function withTurn(before: Reading, change: Partial<Turn>): Reading {
  return { ...before, turn: { ...before.turn, ...change } };
}
