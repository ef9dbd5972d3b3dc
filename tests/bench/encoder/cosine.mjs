// How far the 8-bit encoder is from 32 bits: cosines to the vectors of tests/golden.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mean } from '../statistics.mjs';
import { embedNatively } from './native.mjs';
import { BENCH, GOLDEN } from './paths.mjs';
import { sentences, writeTexts } from './texts.mjs';

const DIMS = 384;
const TARGET = { mean: 0.99, worst: 0.98 };

/** One row over the 1,000 golden sentences, whose vectors an independent implementation made. */
export async function cosine() {
  const file = writeTexts('golden', sentences().map(({ text }) => text));
  const vectors = join(BENCH, 'golden.f32');
  embedNatively(file, { threads: 2, vectors });
  const ours = rows(new Float32Array(new Uint8Array(readFileSync(vectors)).buffer));
  const references = rows(halves(readFileSync(join(GOLDEN, 'vectors.f16'))));
  const cosines = ours.map((vector, place) => cosineOf(vector, references[place]));
  const [average, worst] = [mean(cosines), Math.min(...cosines)];
  return [
    {
      what: `Cosine to the 32-bit encoder over ${cosines.length} sentences, mean / worst`,
      ours: `${average.toFixed(4)} / ${worst.toFixed(4)}`,
      peer: 'NumPy f32 (tests/golden)',
      compared: '',
      target: `≥ ${TARGET.mean} / ${TARGET.worst}`,
      met: average >= TARGET.mean && worst >= TARGET.worst,
      figures: { mean: average, worst },
    },
  ];
}

function rows(values) {
  return Array.from({ length: values.length / DIMS }, (_, row) => values.subarray(row * DIMS, (row + 1) * DIMS));
}

function cosineOf(a, b) {
  const dot = (x, y) => x.reduce((sum, value, place) => sum + value * y[place], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** IEEE 754 binary16; the vectors have neither infinities nor NaN. */
function halves(bytes) {
  return Float32Array.from({ length: bytes.length / 2 }, (_, place) => {
    const bits = bytes.readUInt16LE(2 * place);
    const [exponent, fraction] = [(bits >> 10) & 0x1f, (bits & 0x3ff) / 1024];
    const magnitude = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
    return bits >> 15 ? -magnitude : magnitude;
  });
}
