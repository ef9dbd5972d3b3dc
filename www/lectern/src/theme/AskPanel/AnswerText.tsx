import type { ReactNode } from 'react';
import type { Source } from 'lectern/relay';

/** A text with citations. */
export interface Props {
  text: string;
  sources: Source[];
  streaming: boolean;
}

/** A text with citations, as paragraphs. */
export default function AnswerText({ text }: Props): ReactNode {
  return text.split(/\n{2,}/).map((paragraph, index) => <p key={index}>{paragraph}</p>);
}
