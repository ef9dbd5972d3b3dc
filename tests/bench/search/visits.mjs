// What a reader receives and waits for, from the focus on the search box to the end of five searches.
import { median } from '../statistics.mjs';
import { Wire } from './wire.mjs';

const SEARCHES = 5;
const DELAYS = [0, 80];

/**
 * For each line and for a first and a second visit, medians and the worst of some visits with other questions:
 * `{ name, words, meaning, end }`, each `{ bytes, requests, milliseconds, worst, kinds }`, where `kinds` has the
 * bytes by kind of file.
 */
export async function visits(server, browser, questions, count) {
  const sets = setsOf(questions, count);
  // Not counted: the host compresses what it sends for the first time, the browser starts its processes.
  await firstAndSecond(server, browser, sets[0]);
  const rows = [];
  for (const delay of DELAYS) {
    server.delay = delay;
    const pairs = [];
    for (const set of sets) pairs.push(await firstAndSecond(server, browser, set));
    rows.push({ name: `first visit, ${delay} ms`, ...summary(pairs.map(([first]) => first)) });
    rows.push({ name: `second visit, ${delay} ms`, ...summary(pairs.map(([, second]) => second)) });
  }
  server.delay = 0;
  return rows;
}

/** Questions for each visit, from all over the list; every visit begins with one of another kind. */
function setsOf(questions, count) {
  const step = Math.max(1, Math.floor(questions.length / SEARCHES));
  return Array.from({ length: count }, (_, visit) =>
    Array.from({ length: SEARCHES }, (_, search) => {
      const place = step * (visit + search) + Math.floor((visit * step) / count);
      return questions[place % questions.length].text;
    }),
  );
}

/** Two visits of one reader, who asks the same again. The page itself is there before anything is counted. */
async function firstAndSecond(server, browser, questions) {
  const context = await browser.newContext();
  const wire = new Wire(context);
  const both = [];
  for (let visit = 0; visit < 2; visit += 1) {
    const page = await context.newPage();
    await page.goto(`${server.url}/blank.html`);
    await wire.settle();
    wire.clear();
    const moments = await page.evaluate(visitOnce, questions);
    await wire.settle();
    both.push(await costs(wire, moments));
    await page.close();
  }
  await context.close();
  return both;
}

/** Runs in the page. */
async function visitOnce(questions) {
  const start = performance.timeOrigin + performance.now();
  const { visit } = await import('/engines/lectern/client/page.js');
  return { start, ...(await visit(questions)) };
}

async function costs(wire, { start, words, meaning, end }) {
  const cost = async (moment, options) => ({ ...(await wire.until(moment, options)), milliseconds: moment - start });
  // Words do not wait for the encoder that is fetched meanwhile; what comes later has asked for all it will use.
  return { words: await cost(words, { arrived: true }), meaning: await cost(meaning), end: await cost(end) };
}

function summary(all) {
  const stage = (name) => {
    const values = (what) => all.map((one) => one[name][what]);
    const middle = (what) => median(values(what));
    return {
      bytes: middle('bytes'),
      requests: middle('requests'),
      milliseconds: middle('milliseconds'),
      worst: Math.max(...values('bytes')),
      kinds: mediansOf(values('kinds')),
    };
  };
  return { words: stage('words'), meaning: stage('meaning'), end: stage('end') };
}

/** The median of each kind, 0 where a visit has none of it. */
function mediansOf(all) {
  const names = new Set(all.flatMap((kinds) => Object.keys(kinds)));
  return Object.fromEntries([...names].map((name) => [name, median(all.map((kinds) => kinds[name] ?? 0))]));
}
