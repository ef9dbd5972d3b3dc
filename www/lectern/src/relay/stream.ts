import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Deadline } from './deadline.js';
import { RelayError } from './errors.js';

/** A part of an answer: those of the AI SDK's UI message stream (version 1) that a relay sends. */
export type StreamPart =
  | { type: 'start'; messageId: string; messageMetadata?: StreamMetadata }
  | { type: 'start-step' }
  | SourcePart
  | { type: 'text-start'; id: string }
  | { type: 'text-delta'; id: string; delta: string }
  | { type: 'text-end'; id: string }
  | { type: 'tool-input-available'; toolCallId: string; toolName: string; input: unknown }
  | { type: 'tool-output-available'; toolCallId: string; output: { sources: number[] } }
  | { type: 'finish-step' }
  | { type: 'message-metadata'; messageMetadata: StreamMetadata }
  | { type: 'error'; errorText: string }
  | { type: 'finish'; finishReason: string; messageMetadata?: StreamMetadata };

/** A passage that may be cited from here on. */
export interface SourcePart {
  type: 'source-url';
  sourceId: string;
  url: string;
  title: string;
  providerMetadata: { lectern: { number: number; passage: number; headings: string[] } };
}

/** What a relay says of an answer; later parts add to earlier ones. */
export interface StreamMetadata {
  conversation?: string;
  question?: string;
  book?: string;
  /** `extractive` where nobody wrote the answer: it quotes the passages. */
  answerer?: 'model' | 'extractive';
  status?: 'complete' | 'cut';
  cited?: number[];
  usage?: { inputTokens: number; outputTokens: number; totalTokens: number };
}

/** A passage that an answer may cite as `[number]`. */
export interface Source {
  number: number;
  passage: number;
  /** Below the site's base URL. */
  url: string;
  title: string;
  headings: string[];
}

/** A part's passage. */
export function sourceOf({ url, title, providerMetadata: { lectern } }: SourcePart): Source {
  return { ...lectern, url, title };
}

/** Milliseconds without a sign of life; a relay gives one every 15 seconds, also while it waits itself. */
const IDLE = 45_000;

/** The parts of an answer. One that ends before its end is told is a `cut`. */
export async function* partsOf(response: Response, deadline: Deadline): AsyncGenerator<StreamPart> {
  const events = eventsOf(response, () => deadline.extend(IDLE)).getReader();
  for (;;) {
    const { done, value } = await events.read();
    if (done) throw new RelayError('cut', 'the answer ended before its end; ask again');
    deadline.extend(IDLE);
    if (value.data === '[DONE]') return;
    yield parse(value.data);
  }
}

function eventsOf(response: Response, onComment: () => void) {
  const type = response.headers.get('content-type') ?? '';
  if (!response.body || !type.startsWith('text/event-stream')) {
    throw new RelayError('not_a_relay', 'what answers is no relay', response.status);
  }
  return response.body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream({ onComment }));
}

function parse(data: string): StreamPart {
  try {
    return JSON.parse(data) as StreamPart;
  } catch {
    throw new RelayError('cut', 'a part of the answer cannot be read; ask again');
  }
}
