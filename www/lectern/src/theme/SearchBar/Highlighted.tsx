import type { ReactNode } from 'react';

/** A text with some ranges of it marked: UTF-16 offsets, in order, that do not overlap. */
export interface Props {
  text: string;
  ranges: [number, number][];
}

/** Marks ranges of a text. */
export default function Highlighted({ text, ranges }: Props): ReactNode {
  const starts = [0, ...ranges.map(([, end]) => end)];
  return starts.map((start, index) => {
    const range = ranges[index];
    return (
      <span key={start}>
        {text.slice(start, range?.[0])}
        {range && <mark>{text.slice(...range)}</mark>}
      </span>
    );
  });
}
