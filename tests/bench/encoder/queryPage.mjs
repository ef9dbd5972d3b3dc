// Runs in the page of `query.html`: times both engines on the same texts, round by round.
import init, { Engine } from '/lectern/lectern_browser.js';
import { env, pipeline } from '/transformers/transformers.web.js';

/**
 * Milliseconds of every call for each group of texts: `{ ours, theirs }`. The engines take turns text by
 * text, so that what else the machine does meets both alike.
 */
async function measure({ groups, rounds, warmUp }) {
  const [ours, theirs] = [await lectern(), await onnxruntime()];
  const times = groups.map(() => ({ ours: [], theirs: [] }));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [place, texts] of groups.entries()) {
      for (const text of texts) {
        const [a, b] = [await timed(ours, text), await timed(theirs, text)];
        if (round < 0) continue;
        times[place].ours.push(a);
        times[place].theirs.push(b);
      }
    }
  }
  return times;
}

async function lectern() {
  await init();
  const engine = await Engine.open(new URL('/book/', location.href).href);
  await engine.loadMeaning();
  return (text) => engine.search(text, { mode: 'meaning', limit: 1 });
}

async function onnxruntime() {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = '/models/';
  env.backends.onnx.wasm.wasmPaths = '/ort/';
  env.backends.onnx.wasm.numThreads = 1;
  const extract = await pipeline('feature-extraction', 'minilm', { dtype: 'q8', device: 'wasm' });
  return (text) => extract(text, { pooling: 'mean', normalize: true });
}

async function timed(run, text) {
  const start = performance.now();
  await run(text);
  return performance.now() - start;
}

globalThis.measure = measure;
