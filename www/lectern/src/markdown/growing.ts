import type { Token } from 'marked';
import { lex } from './lex.js';

/** Markdown that grows at its end: blocks that cannot change any more are kept, so that they are not drawn anew. */
export class GrowingMarkdown {
  private text = '';
  private blocks: Token[] = [];

  /** The blocks of a text; those that are as they were before are the same objects. */
  update(text: string): Token[] {
    if (text === this.text) return this.blocks;
    const settled = text.startsWith(this.text) ? this.settled() : [];
    const end = settled.reduce((sum, { raw }) => sum + raw.length, 0);
    this.text = text;
    this.blocks = [...settled, ...lex(text.slice(end))];
    return this.blocks;
  }

  /** All blocks before the last one, which more text may change; blank lines after a list may still be inside it. */
  private settled(): Token[] {
    const last = this.blocks.findLastIndex(({ type }) => type !== 'space');
    const settled = this.blocks.slice(0, Math.max(last, 0));
    const isAsWritten = this.text.startsWith(settled.map(({ raw }) => raw).join(''));
    return isAsWritten ? settled : [];
  }
}
