// The tables of a book that was read.
import { kilobytes } from './report.mjs';

/** Bytes, requests and time of each line and visit. */
export function visitTable({ name }, { visits }) {
  const stage = ({ bytes, requests, milliseconds }) => [
    kilobytes(bytes),
    String(requests),
    `${Math.round(milliseconds)} ms`,
  ];
  return {
    title: `What a reader of ${name} receives and waits for`,
    notes: [
      'Medians of visits with five searches each, from the focus on the search box; headers are counted, the page is not.',
      'By the first result by words counts what has arrived until then, by the later ones what has been asked for.',
      'Every response waits the named time before its first byte; bandwidth is not limited.',
    ],
    head: [
      '',
      ...['first result by words', 'by meaning', 'five searches'].flatMap((stage) => [stage, 'requests', 'time']),
    ],
    rows: visits.map(({ name, words, meaning, end }) => [name, ...[words, meaning, end].flatMap(stage)]),
  };
}

/** Of what the bytes of a first visit are, by kind of file. */
export function kindTable({ name }, { visits: [first] }) {
  const stages = [first.words, first.meaning, first.end];
  const kinds = [...new Set(stages.flatMap(({ kinds }) => Object.keys(kinds)))];
  const bytes = (kind) => stages.map(({ kinds }) => kinds[kind] ?? 0);
  const largest = kinds.sort((a, b) => bytes(b)[2] - bytes(a)[2]);
  return {
    title: `The same by kind of file, first visit to ${name}`,
    notes: ['Medians, so that they need not add up.'],
    head: ['', 'first result by words', 'by meaning', 'five searches'],
    rows: largest.map((kind) => [kind, ...bytes(kind).map(kilobytes)]),
  };
}

/** Recall and hits by kind of question. */
export function recallTable({ name }, { recall }) {
  const row = ({ kind, questions, recall, hits }) => [
    kind,
    String(questions),
    ...[recall.hybrid, recall.meaning, hits.browser, hits.command].map((value) => value.toFixed(3)),
  ];
  return {
    title: `The browser beside the exhaustive search of the command, questions to ${name}`,
    notes: [
      "Recall: how many of the command's first ten passages the browser has; hits: questions whose page is among ten.",
    ],
    head: ['', 'questions', 'recall@10, hybrid', 'meaning', 'hits, browser', 'command'],
    rows: recall.map(row),
  };
}

/** Warm latency in the worker. */
export function latencyTable({ name }, { latency: { pages, passages, p50, p95 } }) {
  return {
    title: `A search in the worker with all that it needs fetched, ${name}`,
    notes: ['From the message to the answer with its snippets, small encoder.'],
    head: ['', 'p50', 'p95'],
    rows: [
      [`${count(pages)} pages, ${count(passages)} passages`, ...[p50, p95].map((time) => `${time.toFixed(1)} ms`)],
    ],
  };
}

function count(number) {
  return number.toLocaleString('en');
}
