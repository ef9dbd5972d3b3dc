// The relay under load beside a FastAPI server that does the same work, in one run: memory, CPU, time to the first byte and token.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { asking, eventually, relay, signUp, upstream } from '../../relay/processes.mjs';
import { RELAY, ROOT, manifest } from '../../support/paths.mjs';
import { median } from '../statistics.mjs';

const run = promisify(execFile);
const HERE = join(ROOT, 'tests/bench/relay');
const LOAD = process.env.LECTERN_LOAD ?? join(dirname(RELAY), 'lectern-load');
const REQUESTS = join(dirname(LOAD), 'lectern-requests');
const VENV = process.env.LECTERN_BENCH_RELAY ?? join(ROOT, '.cache/bench/relay/bin');
const READERS = 20;
const QUESTION = 'What is a robot?';
const PASSAGES = [0, 1, 2, 3, 4, 5];
/** Budgets that are counted, as by default, and not used up. */
const BUDGET = '1000000 requests/minute, 1000000 requests/day, 1000000000000 tokens/minute, 1000000000000 tokens/day';
const COUNTED = { LECTERN_USER_BUDGET: BUDGET, LECTERN_TOTAL_BUDGET: BUDGET, LECTERN_ADDRESS_BUDGET: '1000000 requests/minute', LECTERN_SIGN_UPS_PER_HOUR: '1000' };
/** Two of FastAPI's workers, as its guides have it, on the two cores that the relay has. */
const WORKERS = 2;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    streams: { type: 'string', default: '2000' },
  },
});
const STREAMS = options.quick ? 200 : Number(options.streams);
const ROUNDS = options.quick ? 1 : 3;
/** How many streams there are, milliseconds over which they begin, and what each is told: it lasts twice as long, so that all run at a time. */
const CROWDS = [
  { name: 'a rush, begun within a second', streams: STREAMS, over: 1_000, script: { tokens: 40, delay: 50 } },
  { name: 'a steady crowd, begun over ten seconds', streams: STREAMS, over: 10_000, script: { tokens: 40, delay: 500 } },
  { name: 'fewer, begun within a second', streams: Math.min(STREAMS, 500), over: 1_000, script: { tokens: 40, delay: 50 } },
  { name: 'few, begun within a second', streams: 50, over: 1_000, script: { tokens: 40, delay: 50 } },
];
/** Streams that are told as fast as can be, and how much: relays give no longer answers. */
const FLAT_OUT = { streams: 20, over: 1, script: { tokens: 8_000, delay: 0 } };
/** Milliseconds in which short requests are counted. */
const COUNTING = options.quick ? 500 : 3_000;

const cleanups = [];
const bench = { after: (cleanup) => cleanups.push(cleanup) };
try {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-bench-'));
  bench.after(() => rmSync(folder, { recursive: true, force: true }));
  const mock = await upstream(bench);
  const servers = [await plain(mock), await ours(folder, mock), await theirs(folder, mock)];
  const idle = new Map(servers.map((server) => [server, { all: resident(server, 'Pss'), own: resident(server, 'Pss_Anon') }]));
  const tables = [];
  for (const crowd of CROWDS) {
    await mock.script(crowd.script);
    const rows = servers.map((server) => ({ server, idle: idle.get(server), rounds: [] }));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const row of rows) row.rounds.push(await measure(row.server, crowd));
    }
    tables.push({ ...crowd, rows: rows.map(summary) });
  }
  await mock.script(FLAT_OUT.script);
  const fast = servers.map((server) => ({ server, rounds: [] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { server, rounds } of fast) rounds.push(await atMost(server));
  }
  print(tables, fast.map(rates));
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}

/** The upstream itself: what a client gets without a server between. */
async function plain(mock) {
  const body = JSON.stringify({ model: 'mock', stream: true, messages: [{ role: 'user', content: QUESTION }] });
  return { name: 'upstream alone', url: mock.url, path: '/v1/chat/completions', body, tokens: ['none'], first: '"content":"', whole: '[DONE]', health: '/stats', pids: () => [] };
}

async function ours(folder, mock) {
  const settings = { ...COUNTED, ...asking(mock), LECTERN_ANSWERS: '10000', LECTERN_PROVIDER_ANSWERS: '10000' };
  const began = performance.now();
  const running = await relay(bench, folder, settings);
  const start = performance.now() - began;
  const tokens = [];
  for (let reader = 0; reader < READERS; reader += 1) {
    const session = await signUp(running.url, `reader-${reader}@example.org`);
    const response = await fetch(`${running.url}/api/auth/token`, { headers: { authorization: `Bearer ${session}` } });
    tokens.push((await response.json()).token);
  }
  const body = { question: QUESTION, passages: PASSAGES, book: manifest().hash };
  const refuses = { status: 401, token: forged(tokens[0]) };
  return { ...chatServer('relay', running.url, body, tokens, start, () => [running.process.pid]), refuses };
}

async function theirs(folder, mock) {
  const secret = randomBytes(32).toString('hex');
  const passages = join(folder, 'passages.json');
  writeFileSync(passages, JSON.stringify(Array.from({ length: 500 }, (_, place) => `Passage ${place}. `.repeat(40))));
  const port = await freePort();
  const environment = { ...process.env, BENCH_SECRET: secret, BENCH_UPSTREAM: mock.url, BENCH_DATABASE: join(folder, 'fastapi.db'), BENCH_PASSAGES: passages };
  // As a module, because the command has the folder in it that it was installed in.
  const flags = ['-m', 'gunicorn', 'fastapi_relay:app', '--workers', String(WORKERS), '--worker-class', 'uvicorn_worker.UvicornWorker', '--bind', `127.0.0.1:${port}`, '--backlog', '4096', '--log-level', 'error'];
  // Workers that make the database at the same moment lock each other out.
  execFileSync(join(VENV, 'python'), ['-c', 'import fastapi_relay; fastapi_relay.connect()'], { cwd: HERE, env: environment });
  const began = performance.now();
  const child = spawn(join(VENV, 'python'), flags, { cwd: HERE, env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  bench.after(() => child.kill('SIGKILL'));
  bench.after(() => children(child.pid).forEach((pid) => process.kill(pid, 'SIGKILL')));
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok);
  const start = performance.now() - began;
  const tokens = Array.from({ length: READERS }, (_, reader) => token(secret, String(reader)));
  const body = { question: QUESTION, passages: PASSAGES };
  const refuses = { status: 401, token: forged(tokens[0]) };
  return { ...chatServer('FastAPI, aiohttp', url, body, tokens, start, () => [child.pid, ...children(child.pid)]), refuses };
}

function chatServer(name, url, body, tokens, start, pids) {
  return { name, url, path: '/api/chat', body: JSON.stringify(body), tokens, start, first: '"text-delta"', whole: '[DONE]', health: '/healthz', pids };
}

/** One round: the load generator's report, with what the server took meanwhile. */
async function measure(server, { streams, over }) {
  const before = server.pids().map(cpu).reduce(sum, 0);
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, resident(server, 'Pss'))), 200);
  const flags = { server: new URL(server.url).host, path: server.path, body: server.body, tokens: server.tokens.join(), first: server.first, whole: server.whole, streams, over };
  const list = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await run(LOAD, list);
  clearInterval(watch);
  const report = JSON.parse(stdout);
  if (report.failed > 0) process.stderr.write(`${server.name}: ${report.failed} failed: ${report.example}\n`);
  return { ...report, peak, cpu: ((server.pids().map(cpu).reduce(sum, 0) - before) * 1000) / streams };
}

/** One round of what a server does at most in a second: tokens of streams, and of short requests those that it answers and those that it refuses. */
async function atMost(server) {
  const { seconds } = await measure(server, FLAT_OUT);
  const { health, refuses = {}, body } = server;
  const ask = (path, flags) => count(server, { path, time: COUNTING, ...flags });
  return {
    tokens: (FLAT_OUT.streams * FLAT_OUT.script.tokens) / seconds,
    health: await ask(health, {}),
    refused: refuses.status && (await ask(server.path, { body, status: refuses.status, token: refuses.token })),
  };
}

async function count(server, flags) {
  const list = Object.entries({ server: new URL(server.url).host, ...flags }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return JSON.parse((await run(REQUESTS, list)).stdout).per_second;
}

function rates({ server, rounds }) {
  const of = (name) => rounds[0][name] && median(rounds.map((round) => round[name]));
  return { name: server.name, tokens_per_second: of('tokens'), health_checks_per_second: of('health'), refused_per_second: of('refused') };
}

function summary({ server, idle, rounds }) {
  const of = (name) => median(rounds.map((round) => round[name]));
  return {
    name: server.name,
    start_ms: server.start,
    streams_per_second: of('streams_per_second'),
    byte_p50_ms: of('byte_p50'),
    byte_p99_ms: of('byte_p99'),
    token_p50_ms: of('token_p50'),
    token_p99_ms: of('token_p99'),
    cpu_seconds_per_1000: of('cpu'),
    idle_mb: idle.all / 1e6,
    idle_own_mb: idle.own / 1e6,
    peak_mb: of('peak') / 1e6,
    failed: rounds.reduce((all, round) => all + round.failed, 0),
  };
}

function print(tables, fast) {
  if (options.json) return process.stdout.write(`${JSON.stringify({ crowds: tables, at_most: fast }, null, 2)}\n`);
  for (const { name, streams, rows } of tables) {
    process.stdout.write(`${streams} streams at a time, ${name}; medians of ${ROUNDS} rounds\n\n${tableOf(rows)}\n\n`);
  }
  process.stdout.write(`At most in a second; medians of ${ROUNDS} rounds\n\n${tableOfRates(fast)}\n\n`);
}

function tableOfRates(rows) {
  const head = ['', `tokens of ${FLAT_OUT.streams} streams`, 'health checks', 'bad tokens refused'];
  const lines = rows.map((row) => [row.name, ...[row.tokens_per_second, row.health_checks_per_second, row.refused_per_second].map((rate) => rate?.toFixed(0) ?? '')]);
  return markdown(head, lines);
}

function tableOf(rows) {
  const head = ['', 'start', 'streams/s', 'first byte p50', 'p99', 'first token p50', 'p99', 'CPU s / 1,000', 'idle', 'of it own', 'peak', 'failed'];
  const lines = rows.map((row) => [
    row.name,
    row.start_ms === undefined ? '' : `${row.start_ms.toFixed(0)} ms`,
    row.streams_per_second.toFixed(0),
    ...[row.byte_p50_ms, row.byte_p99_ms, row.token_p50_ms, row.token_p99_ms].map((time) => `${time.toFixed(1)} ms`),
    row.start_ms === undefined ? '' : row.cpu_seconds_per_1000.toFixed(2),
    row.start_ms === undefined ? '' : `${row.idle_mb.toFixed(0)} MB`,
    row.start_ms === undefined ? '' : `${row.idle_own_mb.toFixed(0)} MB`,
    row.start_ms === undefined ? '' : `${row.peak_mb.toFixed(0)} MB`,
    String(row.failed),
  ]);
  return markdown(head, lines);
}

function markdown(head, lines) {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A token whose signature is another's. */
function forged(token) {
  const [head, claims, signature] = token.split('.');
  const other = signature.startsWith('A') ? 'B' : 'A';
  return [head, claims, other + signature.slice(1)].join('.');
}

/** A token as the FastAPI server takes it (RFC 7519, HS256). */
function token(secret, subject) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: subject, aud: 'bench', exp: Math.floor(Date.now() / 1000) + 3600 })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function children(pid) {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' '))
    .filter(Boolean)
    .map(Number);
}

/** Seconds of CPU that a process has used. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / Number(execFileSync('getconf', ['CLK_TCK']));
}

/** Bytes of memory of a server's processes with their share of what they share: all (`Pss`), or what is of no file (`Pss_Anon`). */
function resident(server, kind) {
  const of = (pid) => Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(new RegExp(`^${kind}:\\s+(\\d+) kB`, 'm'))[1]);
  return server.pids().map(of).reduce(sum, 0) * 1024;
}

function sum(a, b) {
  return a + b;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
