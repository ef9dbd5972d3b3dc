// Runs in the page of `query.html`: times both engines on the same texts, round by round.
import init, { Engine } from '/lectern/lectern_browser.js';
import { env, pipeline } from '/transformers/transformers.web.js';

/**
 * Milliseconds of every call for each group of texts: `{ full, small, theirs }`. The encoders take turns text by
 * text, so that what else the machine does meets all alike.
 */
async function measure({ groups, rounds, warmUp }) {
  await init();
  const texts = groups.flat();
  const runs = { full: await lectern('full', texts), small: await lectern('small', texts), theirs: await onnxruntime() };
  const times = groups.map(() => ({ full: [], small: [], theirs: [] }));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [place, group] of groups.entries()) {
      for (const text of group) {
        for (const [name, run] of Object.entries(runs)) {
          const time = await timed(run, text);
          if (round >= 0) times[place][name].push(time);
        }
      }
    }
  }
  return times;
}

async function lectern(encoder, texts) {
  const engine = await Engine.open(new URL('/book/', location.href).href);
  await engine.loadMeaning(encoder);
  await Promise.all(texts.map((text) => engine.prepare(text)));
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
