// Embedding of passages on two threads: native code and WebAssembly in Node beside PyTorch and onnxruntime.
import { readFileSync } from 'node:fs';
import { MODEL } from '../../support/paths.mjs';
import { median } from '../statistics.mjs';
import { embedInNode } from './inNode.mjs';
import { embedNatively } from './native.mjs';
import { passages, writeTexts } from './texts.mjs';

const THREADS = 2;
const PASSAGES = 300;
const QUICK_PASSAGES = 48;
const ROUNDS = 3;
const ROWS = [
  { what: 'native', ours: 'native', peer: 'pytorch', named: 'PyTorch f32', times: 2 },
  { what: 'native', ours: 'native', peer: 'onnxruntime', named: 'onnxruntime int8', times: 1.5 },
  { what: 'WebAssembly in Node', ours: 'node', peer: 'onnxruntime', named: 'onnxruntime int8', times: 0.5 },
];

/** A row for each pair. All take turns, round by round, on the same passages; a ratio is of medians. */
export async function indexing({ peers, quick, note }) {
  const texts = passages(quick ? QUICK_PASSAGES : PASSAGES);
  const file = writeTexts('passages', texts);
  const runs = {
    native: async () => embedNatively(file, { threads: THREADS }),
    pytorch: () => peers.ask({ do: 'time', engine: 'pytorch', texts: file }),
    onnxruntime: () => peers.ask({ do: 'time', engine: 'onnxruntime', texts: file }),
    node: () => timeInNode(texts),
  };
  // Builds what is to be built, and counts wordpieces.
  const { wordpieces } = await runs.native();
  const seconds = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const result = await run();
      seconds[name].push(result.seconds);
      const batch = result.batch ? `, batches of ${result.batch}` : '';
      note(`  ${name}: ${result.seconds.toFixed(1)} s for ${texts.length} passages${batch}`);
    }
  }
  const taken = Object.fromEntries(Object.entries(seconds).map(([name, all]) => [name, median(all)]));
  return ROWS.map((pair) => row(pair, taken, { wordpieces, passages: texts.length }));
}

/** From the start of the workers to the last vector. */
async function timeInNode(texts) {
  const longestFirst = texts.map((text, place) => ({ key: String(place), text, role: 'passage' }));
  longestFirst.sort((a, b) => b.text.length - a.text.length);
  const model = readFileSync(MODEL);
  const start = performance.now();
  await embedInNode(longestFirst, { model, threads: THREADS, onVector() {} });
  return { seconds: (performance.now() - start) / 1000 };
}

function row({ what, ours, peer, named, times: target }, seconds, { wordpieces, passages: count }) {
  const perSecond = (name) => ({ wordpieces: wordpieces / seconds[name], passages: count / seconds[name] });
  const shown = (name) => {
    const speed = perSecond(name);
    return `${Math.round(speed.wordpieces).toLocaleString('en')} wordpieces/s, ${speed.passages.toFixed(1)} passages/s`;
  };
  const times = seconds[peer] / seconds[ours];
  return {
    what: `Indexing, ${what}, ${THREADS} threads, passages of ${Math.round(wordpieces / count)} wordpieces`,
    ours: shown(ours),
    peer: `${named}: ${shown(peer)}`,
    compared: `${times.toFixed(2)} × as fast`,
    target: `≥ ${target} ×`,
    met: times >= target,
    figures: { passages: count, wordpieces, ours: perSecond(ours), theirs: perSecond(peer), times },
  };
}
