// order.mjs RELAY FILE: writes the names of the relay's functions that run, those of its start first, as the linker is told
// them: patterns, each of which may be the beginning of many names.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UNLIMITED, asking, chat, relay, signUp, upstream } from '../tests/relay/processes.mjs';

/** Bytes of functions that do not run, which one pattern less is worth. */
const OF_A_PATTERN = 1500;
/** Milliseconds in which a relay does what it does now and then. */
const RESTS = 3_000;
/** Shorter beginnings say nothing. */
const SHORTEST = 5;
/** What the compiler puts behind a name: a hash, and which of a function's variants it is. */
const BEHIND = /(17h[0-9a-f]{16}E)?(\.[a-z]+(\.\d+)?)*$/;

const [binary, file] = process.argv.slice(2);
const cleanups = [];
const run = { after: (cleanup) => cleanups.push(cleanup) };
try {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-order-'));
  run.after(() => rmSync(folder, { recursive: true, force: true }));
  const functions = functionsOf(binary);
  const atStart = await executed(functions, folder, 'start', () => delay(RESTS));
  if (atStart.length === 0) throw new Error(`${binary} has no names: build it as scripts/order does`);
  const asked = await executed(functions, folder, 'asked', readers);
  const first = patterns(functions, atStart);
  const rest = functions.filter(({ name }) => !first.some((pattern) => fits(pattern, name)));
  const then = patterns(rest, asked);
  writeFileSync(file, `${[...first, ...then].join('\n')}\n`);
  process.stdout.write(`${atStart.length} of ${functions.length} functions at the start, ${asked.length} until readers are answered: ${first.length + then.length} patterns\n`);
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}

/** The functions of a program: `{ name, size }`. */
function functionsOf(program) {
  const lines = execFileSync('nm', ['--print-size', program], { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\n');
  const all = lines.map((line) => line.split(' ')).filter(([, , kind]) => /^[tw]$/i.test(kind));
  return all.map(([, size, , name]) => ({ name, size: parseInt(size, 16) }));
}

/** Those of a relay's functions that are executed until it has ended, as Callgrind tells their names (Valgrind manual, 6.4). */
async function executed(functions, folder, name, whileItRuns) {
  const out = join(folder, name);
  const mock = await upstream(run);
  const settings = { ...UNLIMITED, ...asking(mock), LECTERN_DATABASE: `sqlite:${out}.db`, ORDER_OUT: out };
  const running = await relay(run, folder, settings);
  await whileItRuns(running, mock);
  await running.stop();
  const names = new Set();
  for (const line of readFileSync(out, 'utf8').split('\n')) {
    // Libraries' names, which the relay has not, do no harm. Behind a name is how often it calls itself.
    if (line.startsWith('fn=')) names.add(line.slice(3).replace(/'\d+$/, ''));
  }
  return functions.filter(({ name }) => names.has(name));
}

/** Readers that sign up and ask, alone and as a crowd, for slow and fast answers. */
async function readers({ url }, mock) {
  for (const reader of [1, 2]) {
    const session = await signUp(url, `reader-${reader}@example.org`);
    const response = await fetch(`${url}/api/auth/token`, { headers: { authorization: `Bearer ${session}` } });
    const { token } = await response.json();
    const ask = async () => (await chat(url, token, 'What is a robot?', { body: { passages: [0, 1, 2] } })).text();
    for (const script of [{ tokens: 3, delay: 30 }, { tokens: 40, delay: 0 }]) {
      await mock.script(script);
      await ask();
      await Promise.all(Array.from({ length: 40 }, ask));
    }
  }
}

/** Few patterns that fit all of the functions that run, and little besides. */
function patterns(functions, running) {
  const names = new Map();
  for (const own of functions) {
    const { name, size } = own;
    const known = names.get(name.replace(BEHIND, '')) ?? { name, runs: false, idle: 0 };
    if (running.includes(own)) Object.assign(known, { name, runs: true });
    else known.idle += size;
    names.set(name.replace(BEHIND, ''), known);
  }
  const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([base, known]) => ({ base, ...known }));
  return cheapest(sorted, 0).patterns;
}

/** Of names that have `depth` letters in common: one pattern for all of them, or what is best for those with each next letter. */
function cheapest(names, depth) {
  if (!names.some(({ runs }) => runs)) return { cost: 0, patterns: [] };
  const idle = names.reduce((all, own) => all + own.idle, 0);
  const [{ base: least }] = names;
  const { base: most } = names.at(-1);
  let common = depth;
  while (common < least.length && least[common] === most[common]) common += 1;
  const together = { cost: OF_A_PATTERN + idle, patterns: [`${least.slice(0, common)}*`] };
  if (names.length === 1) return { ...together, patterns: [exact(names[0])] };
  const apart = { cost: 0, patterns: [] };
  for (const part of byLetter(names, common)) {
    const own = cheapest(part, common + 1);
    apart.cost += own.cost;
    apart.patterns.push(...own.patterns);
  }
  return common >= SHORTEST && together.cost <= apart.cost ? together : apart;
}

function byLetter(names, place) {
  const parts = new Map();
  for (const own of names) {
    const letter = own.base[place]; // none where the name ends
    if (!parts.has(letter)) parts.set(letter, []);
    parts.get(letter).push(own);
  }
  return parts.values();
}

/** The pattern of one name: whatever its hash and its variant. */
function exact({ base, name }) {
  if (name.startsWith(`${base}17h`)) return `${base}17h*`;
  return name === base ? base : `${base}.*`;
}

/** Whether a pattern fits a name. */
function fits(pattern, name) {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
