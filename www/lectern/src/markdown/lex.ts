import { Lexer, Marked, type Token, type TokenizerExtension, type Tokens } from 'marked';

/** A citation, `[1]`. */
export interface CitationToken {
  type: 'citation';
  raw: string;
  number: number;
}

/** Mathematics, which is shown as it was written. */
export interface MathToken {
  type: 'math';
  raw: string;
}

/** Characters of an answer that are shown: reading more could take longer than a reader notices. */
export const LONGEST = 50_000;

/** Characters of one block whose inside is looked at; a longer one is shown as plain text. */
export const LONGEST_INLINE = 3_000;

/** Marks of nesting at the start of a line: deeper ones are nobody's text, and cost time without bound. */
const TOO_DEEP = /^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*){12,}/gm;

/** Splits Markdown into blocks with what is inside them; what cannot be read comes as one plain text. */
export function lex(text: string): Token[] {
  try {
    return lexNow(text.replace(TOO_DEEP, ''));
  } catch {
    return [{ type: 'html', raw: text, text, block: true, pre: false } satisfies Tokens.HTML];
  }
}

/** As `Lexer.lex` does, but for blocks that are too long for their inside to be looked at. */
function lexNow(text: string): Token[] {
  const lexer = new Lexer(new Marked({ extensions: [citation, math] }).defaults);
  lexer.blockTokens(text.replace(/\r\n?/g, '\n'), lexer.tokens);
  for (const { src, tokens } of lexer.inlineQueue) {
    if (src.length > LONGEST_INLINE) tokens.push({ type: 'text', raw: src, text: src });
    else lexer.inlineTokens(src, tokens);
  }
  return [...lexer.tokens];
}

const citation: TokenizerExtension = {
  name: 'citation',
  level: 'inline',
  start: (text) => indexIn(text, /\[\d/),
  tokenizer(text): CitationToken | undefined {
    const [raw, number] = /^\[(\d{1,3})\](?!\()/.exec(text) ?? [];
    return raw === undefined ? undefined : { type: 'citation', raw, number: Number(number) };
  },
};

const math: TokenizerExtension = {
  name: 'math',
  level: 'inline',
  start: (text) => indexIn(text, /\$|\\[([]/),
  tokenizer(text): MathToken | undefined {
    const [raw] = MATH.exec(text) ?? [];
    return raw === undefined ? undefined : { type: 'math', raw };
  },
};

const MATH =
  /^(?:\$\$[^$]{1,2000}\$\$|\$(?!\s)[^$\n]{1,500}\$(?!\d)|\\\([^\n]{1,500}?\\\)|\\\[[^]{1,2000}?\\\])/;

function indexIn(text: string, pattern: RegExp): number | undefined {
  const index = text.search(pattern);
  return index < 0 ? undefined : index;
}
