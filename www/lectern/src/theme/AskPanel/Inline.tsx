import { Fragment, type ReactNode } from 'react';
import {
  decoded,
  safeHref,
  type CitationToken,
  type MathToken,
  type Token,
  type Tokens,
} from 'lectern/markdown';
import { useCited } from '@theme/AskPanel/AnswerText';
import Citation from '@theme/AskPanel/Citation';
import styles from './answer.module.css';

/** What is inside a block of Markdown. HTML is shown as text, images as links. */
export default function Inline({ tokens }: { tokens: Token[] }): ReactNode {
  return tokens.map((token, index) => (
    <Fragment key={index}>{piece(heldTo(tokens[index + 1], token) as Known)}</Fragment>
  ));
}

/** A token that ends in a space which no line breaks at, where a citation follows. */
function heldTo(next: Token | undefined, token: Token): Token {
  if (next?.type !== 'citation' || token.type !== 'text' || !token.text.endsWith(' ')) return token;
  return { ...token, text: `${token.text.slice(0, -1)}\u00a0` };
}

type Known =
  | CitationToken
  | MathToken
  | Tokens.Br
  | Tokens.Codespan
  | Tokens.Del
  | Tokens.Em
  | Tokens.Escape
  | Tokens.Image
  | Tokens.Link
  | Tokens.Strong
  | Tokens.Text;

function piece(token: Known): ReactNode {
  switch (token.type) {
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} /> : decoded(token.text);
    case 'escape':
      return token.text;
    case 'strong':
      return <strong>{inside(token)}</strong>;
    case 'em':
      return <em>{inside(token)}</em>;
    case 'del':
      return <del>{inside(token)}</del>;
    case 'codespan':
      return <code dir="ltr">{token.text}</code>;
    case 'br':
      return <br />;
    case 'math':
      return <span dir="ltr">{token.raw}</span>;
    case 'citation':
      return <Numbered number={token.number} raw={token.raw} />;
    case 'link':
      return <SafeLink href={token.href}>{inside(token)}</SafeLink>;
    case 'image':
      return <SafeLink href={token.href}>{token.text || token.href}</SafeLink>;
    default:
      return <span className={styles.plain}>{(token as Token).raw}</span>;
  }
}

/** A citation of a source that there is; other numbers are text. */
function Numbered({ number, raw }: { number: number; raw: string }): ReactNode {
  const { sources, book } = useCited();
  const source = sources.find((own) => own.number === number);
  return source ? <Citation source={source} book={book} /> : raw;
}

/** A link to a page; what would lead to anything else, such as a script, is its text alone. */
function SafeLink({ href, children }: { href: string; children: ReactNode }): ReactNode {
  const safe = safeHref(href);
  if (safe === undefined) return children;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function inside({ tokens }: { tokens?: Token[] }): ReactNode {
  return <Inline tokens={tokens ?? []} />;
}
