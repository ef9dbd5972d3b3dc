// Where the encoder's bench keeps and finds things.
import { join } from 'node:path';
import { ROOT } from '../../support/paths.mjs';

/** What `scripts/setup bench` and the bench itself write. */
export const BENCH = join(ROOT, '.cache/bench');
export const PYTHON = join(BENCH, 'venv/bin/python');
export const MODEL_FOLDER = join(BENCH, 'model');
export const ONNX_FOLDER = join(BENCH, 'onnx');
export const MODULES = join(ROOT, 'tests/node_modules');
export const GOLDEN = join(ROOT, 'tests/golden');
/** Question sets, where the machine has them. */
export const EVAL = process.env.LECTERN_EVAL ?? join(ROOT, '../shared/eval');
