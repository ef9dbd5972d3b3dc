/** Markdown of answers, as blocks that components draw: nothing of it is ever HTML. */
export { GrowingMarkdown } from './growing.js';
export { LONGEST, type CitationToken, type MathToken } from './lex.js';
export { decoded, safeHref } from './links.js';
export type { Token, Tokens } from 'marked';
