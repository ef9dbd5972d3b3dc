// The report as text.

const TARGET_MS = 50;

/** Lines for people, from the report that --json prints. */
export function text({ machine, wire, sizes, latency, opening, quality }) {
  const { resources, ...stages } = wire;
  return [
    `Lectern on the demonstration book`,
    `Machine: ${machine}`,
    '',
    'Bytes fetched by a page load, and from the focus on the search box on; engine and scripts as a host may compress them',
    ...table(['', 'plain', 'gzip', 'brotli'], Object.entries(stages).map(([name, sum]) => [name, ...bytesOf(sum)])),
    '',
    ...table(
      ['resource', 'for', 'plain', 'gzip', 'brotli'],
      resources.map((one) => [one.name, one.stage, ...bytesOf(one)]),
    ),
    '',
    'Sizes',
    ...table(['', 'raw', 'gzip', 'brotli'], Object.entries(sizes.engine).map(([name, size]) => [name, ...bytesOf(size)])),
    '',
    ...table(
      ['section of the index', 'parts', 'as stored'],
      Object.entries(sizes.index).map(([name, { parts, stored }]) => [name, String(parts), kilobytes(stored)]),
    ),
    '',
    ...table(['tier', 'as stored'], Object.entries(sizes.tiers).map(([name, stored]) => [name, kilobytes(stored)])),
    '',
    'Latency in headless Chromium, warm, all questions, median of three rounds; × is to the median of MiniSearch',
    ...table(
      ['', 'p50 ms', 'p95 ms', 'p50 ×', 'p95 ×'],
      Object.entries(latency).map(([name, times]) => [name, ...Object.values(times).map((value) => value.toFixed(2))]),
    ),
    `Keystroke to painted results, p95: at most ${TARGET_MS} ms wanted`,
    '',
    'Opening the dialog, from the click to its first picture; a long task is one of more than 50 ms',
    ...table(
      ['', 'p50 ms', 'p95 ms', 'long tasks', 'longest ms'],
      Object.entries(opening).map(([name, { p50, p95, longTasks, longest }]) => [
        name,
        p50.toFixed(1),
        p95.toFixed(1),
        String(longTasks),
        longest.toFixed(0),
      ]),
    ),
    '',
    "Quality on the book's questions, by page",
    ...table(
      ['', ...Object.keys(Object.values(quality)[0])],
      Object.entries(quality).map(([name, measures]) => [name, ...Object.values(measures).map((value) => value.toFixed(3))]),
    ),
  ].join('\n');
}

function bytesOf({ raw, gzip, brotli }) {
  return [raw, gzip, brotli].map(kilobytes);
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** Columns as wide as their widest cell: the first to the left, figures to the right. */
function table(head, rows) {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  );
}
