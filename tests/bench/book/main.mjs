// One report of what search costs a reader and how good it is: text, or JSON with --json.
import { cpus, totalmem } from 'node:os';
import { questions } from '../../support/paths.mjs';
import { percentile } from '../statistics.mjs';
import { MINI_SEARCH, latencies } from './latency.mjs';
import { openings } from './opening.mjs';
import { peerPassages, peerQuality, quality } from './quality.mjs';
import { text } from './report.mjs';
import { assetSizes } from './sizes.mjs';
import { resources, total } from './wire.mjs';

const QUESTION = 'how do I keep a biped from falling over';

async function main() {
  const asked = questions();
  const progress = (what) => process.stderr.write(`» ${what}\n`);

  progress('bytes on the wire');
  const fetched = await resources(QUESTION);
  progress('sizes');
  const sizes = assetSizes();
  progress(`latency over ${asked.length} questions`);
  const passages = peerPassages();
  const latency = await latencies(asked.map((question) => question.text), passages);
  progress('opening the dialog');
  const opening = await openings();
  progress('quality');
  const report = {
    machine: machine(),
    wire: wire(fetched),
    sizes,
    latency: summarise(latency),
    opening,
    quality: { ...quality(), 'MiniSearch': await peerQuality(asked, passages) },
  };
  console.log(process.argv.includes('--json') ? JSON.stringify(report, null, 2) : text(report));
}

function machine() {
  const [{ model }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${model.trim()}, ${memory} GB, Node ${process.versions.node}`;
}

/** Bytes by stage, cumulative from the focus on: what a reader has fetched when the results are there. */
function wire(fetched) {
  const sums = (stages) =>
    Object.fromEntries(['raw', 'gzip', 'brotli'].map((size) => [size, total(fetched, stages, size)]));
  return {
    'page load': sums(['page']),
    'first result by words': sums(['words']),
    'first result by meaning': sums(['words', 'meaning']),
    'first result by the full encoder': sums(['words', 'meaning', 'full']),
    resources: fetched.filter(({ stage }) => stage !== 'page'),
  };
}

/** Percentiles in milliseconds, and as a multiple of MiniSearch's median in the same minute. */
function summarise(latency) {
  const unit = percentile(latency[MINI_SEARCH], 0.5);
  const summary = (times) => {
    const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)];
    return { p50, p95, 'p50 to MiniSearch': p50 / unit, 'p95 to MiniSearch': p95 / unit };
  };
  return Object.fromEntries(Object.entries(latency).map(([name, times]) => [name, summary(times)]));
}

await main();
