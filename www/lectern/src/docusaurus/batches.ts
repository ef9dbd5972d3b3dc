import type { Pending } from '../wasm/node/lectern_node.js';

/** Texts of one role and of like length, with their keys, that travel and are embedded together. */
export interface Batch {
  role: Pending['role'];
  keys: string[];
  texts: string[];
}

/** Characters of a batch, unless a single text has more. */
export const BATCH_CHARACTERS = 4000;

/** The texts in batches, the longest first. */
export function batchesOf(texts: readonly Pending[]): Batch[] {
  const batches: Batch[] = [];
  const open = new Map<Pending['role'], { batch: Batch; room: number }>();
  for (const { key, text, role } of texts.toSorted((a, b) => b.text.length - a.text.length)) {
    let last = open.get(role);
    if (!last || last.room < text.length) {
      last = { batch: { role, keys: [], texts: [] }, room: BATCH_CHARACTERS };
      open.set(role, last);
      batches.push(last.batch);
    }
    last.batch.keys.push(key);
    last.batch.texts.push(text);
    last.room -= text.length;
  }
  return batches;
}
