// Requests made up from the relay's own description: none makes it fail.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { MODEL, ROOT } from '../support/paths.mjs';
import { UNLIMITED, folder, relay, signUp } from './processes.mjs';

const SCHEMATHESIS = process.env.SCHEMATHESIS ?? join(ROOT, '.cache/schemathesis/bin/schemathesis');

test('no request that the description allows, or forbids, makes the relay fail', { timeout: 300_000 }, async (t) => {
  const { url, lines } = await relay(t, folder(t), { ...UNLIMITED, LECTERN_MODEL: MODEL });
  const token = await signUp(url, 'reader@example.org');
  const child = spawn(SCHEMATHESIS, [
    'run', `${url}/openapi.json`, '--url', url, '--header', `Authorization: Bearer ${token}`,
    '--checks', 'not_a_server_error', '--max-examples', '10', '--seed', '1', '--workers', '2', '--no-color',
    '--exclude-path-regex', '^/api/(account|auth/sign-out)$',
  ], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder(t) });
  let text = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk) => (text += chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  assert.equal(code, 0, text.slice(-6000));
  const failed = lines.filter((line) => /"status":50[0-2]/.test(line));
  assert.deepEqual(failed, []);
});
