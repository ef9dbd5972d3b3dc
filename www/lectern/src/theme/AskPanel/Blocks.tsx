import { Fragment, type ReactNode } from 'react';
import type { Token, Tokens } from 'lectern/markdown';
import Code from '@theme/AskPanel/Code';
import Inline from '@theme/AskPanel/Inline';
import styles from './answer.module.css';

/** Blocks of Markdown. What is not known here, and HTML, is shown as text. */
export default function Blocks({ tokens }: { tokens: Token[] }): ReactNode {
  return tokens.map((token, index) => <Fragment key={index}>{block(token as Known)}</Fragment>);
}

type Known =
  | Tokens.Space
  | Tokens.Hr
  | Tokens.Def
  | Tokens.Code
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.Text
  | Tokens.Blockquote
  | Tokens.List
  | Tokens.Checkbox
  | Tokens.Table;

function block(token: Known): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'hr':
      return <hr />;
    case 'code':
      return <Code text={token.text} language={token.lang} />;
    case 'heading':
      return <Heading token={token} />;
    case 'paragraph':
      return <p dir="auto">{inside(token)}</p>;
    case 'text':
      return inside(token);
    case 'blockquote':
      return (
        <blockquote dir="auto">
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case 'list':
      return <List token={token} />;
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'table':
      return <Table token={token} />;
    default:
      return <p className={styles.plain}>{(token as Token).raw}</p>;
  }
}

/** Headings of answers stand below the panel's own. */
function Heading({ token }: { token: Tokens.Heading }): ReactNode {
  const Level = token.depth === 1 ? 'h4' : token.depth === 2 ? 'h5' : 'h6';
  return <Level dir="auto">{inside(token)}</Level>;
}

function List({ token: { ordered, start, items } }: { token: Tokens.List }): ReactNode {
  const points = items.map((item, index) => (
    <li key={index} dir="auto">
      <Blocks tokens={item.tokens} />
    </li>
  ));
  return ordered ? <ol start={Number(start) || 1}>{points}</ol> : <ul>{points}</ul>;
}

/** Wide tables scroll by themselves, with the keyboard too. */
function Table({ token: { header, rows } }: { token: Tokens.Table }): ReactNode {
  return (
    <div className={styles.table} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col" dir="auto">
                {inside(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} dir="auto">
                  {inside(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What is inside a block; one that was too long to be looked into is a text. */
function inside({ tokens, text }: { tokens?: Token[]; text: string }): ReactNode {
  return tokens ? <Inline tokens={tokens} /> : text;
}
