// What the 8-bit encoder costs in retrieval: exact cosine search on the question sets, beside 32 bits.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mean } from '../statistics.mjs';
import { embedNatively } from './native.mjs';
import { BENCH } from './paths.mjs';
import { embedded, hasQuestionSets, questionSets, writeTexts } from './texts.mjs';

const TARGET_LOSS = 0.005;
const QUICK_CHUNKS = 200;

/** A row for the mean over all sets, the sets themselves in its figures; no row where there are none. */
export async function retrieval({ peers, quick, note }) {
  if (!hasQuestionSets()) {
    note('  left out: there are no question sets. Put them beside this folder, in shared/eval, or name theirs in LECTERN_EVAL');
    return [];
  }
  const sets = questionSets().map((set) => (quick ? beginning(set) : set));
  const figures = {};
  for (const set of sets) {
    figures[set.name] = await ndcg(set, peers, note);
    const { ours, theirs } = figures[set.name];
    note(`  ${set.name}: ${ours.toFixed(4)}, with 32 bits ${theirs.toFixed(4)}`);
  }
  return [row(figures)];
}

/** nDCG@10 of a set by the vectors of both encoders: passages first, then questions. */
async function ndcg({ name, chunks, queries }, peers, note) {
  const texts = writeTexts(name, [...chunks.map(embedded), ...queries.map(({ text }) => text)]);
  const ours = join(BENCH, `${name}.f32`);
  embedNatively(texts, { threads: 2, vectors: ours });
  const theirs = await reference(texts, peers, note);
  const places = new Map(chunks.map(({ id }, place) => [id, place]));
  const relevant = queries.map(({ rel }) => rel.map((id) => places.get(id)));
  const judge = async (vectors) => (await peers.ask({ do: 'ndcg', vectors, passages: chunks.length, relevant })).ndcg;
  return { ours: await judge(ours), theirs: await judge(theirs) };
}

/** The file of the 32-bit vectors, which take minutes and are kept: neither texts nor model change. */
async function reference(texts, peers, note) {
  const folder = join(BENCH, 'reference');
  mkdirSync(folder, { recursive: true });
  const key = createHash('sha256').update(readFileSync(texts)).digest('hex').slice(0, 16);
  const vectors = join(folder, `${key}.f32`);
  if (!existsSync(vectors)) {
    note('  32-bit vectors by PyTorch, once');
    await peers.ask({ do: 'reference', texts, vectors });
  }
  return vectors;
}

function row(figures) {
  const average = (name) => mean(Object.values(figures).map((set) => set[name]));
  const [ours, theirs] = [average('ours'), average('theirs')];
  const loss = 1 - ours / theirs;
  const each = Object.entries(figures).map(([name, set]) => `${name} ${percent(1 - set.ours / set.theirs)}`);
  return {
    what: 'nDCG@10 by meaning alone, exact, mean of the question sets',
    ours: ours.toFixed(4),
    peer: `PyTorch f32: ${theirs.toFixed(4)}`,
    compared: `loss ${percent(loss)} (${each.join(', ')})`,
    target: `loss < ${percent(TARGET_LOSS)}`,
    met: loss < TARGET_LOSS,
    figures: { ...figures, loss },
  };
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

/** The first passages of a set and the questions that these answer. */
function beginning({ name, chunks, queries }) {
  const kept = chunks.slice(0, QUICK_CHUNKS);
  const ids = new Set(kept.map(({ id }) => id));
  return { name, chunks: kept, queries: queries.filter(({ rel }) => rel.every((id) => ids.has(id))) };
}
