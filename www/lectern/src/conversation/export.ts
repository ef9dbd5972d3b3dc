import type { Quote, Source, Turn } from './turn.js';

/** A turn as Markdown for other places: its citations are links, as are its sources below. `base` is the site's URL. */
export function markdownOf(turn: Turn, base: string): string {
  const { text, sources, quoted } = turn;
  const written =
    text.trim() && answer(linked(text.trim(), sources, base), cited(text, sources), base);
  const quotes = quoted?.quotes.map((quote) => quotation(quote, quoted.sources, base)).join('\n\n');
  const said = quoted && quotes ? answer(quotes, quoted.sources, base) : '';
  return [`**${turn.question}**`, written, said].filter(Boolean).join('\n\n') + '\n';
}

function answer(text: string, sources: Source[], base: string): string {
  const list = sources.map((source) => {
    const name = escaped([source.title, ...source.headings].join(' › '));
    return `${source.number}. [${name}](${base}${source.url})`;
  });
  return list.length > 0 ? `${text}\n\n${list.join('\n')}` : text;
}

/** Code cites nothing: what is in fences or backticks stays. */
function linked(text: string, sources: Source[], base: string): string {
  return text.replace(CODE_OR_CITATION, (whole, number?: string) => {
    const source = sources.find((own) => own.number === Number(number));
    return source ? `[[${number}]](${base}${source.url})` : whole;
  });
}

function cited(text: string, sources: Source[]): Source[] {
  const numbers = [...text.matchAll(CODE_OR_CITATION)].map((match) => Number(match[1]));
  return sources.filter(({ number }) => numbers.includes(number));
}

const CODE_OR_CITATION = /```[\s\S]*?(?:```|$)|`[^`\n]*`|\[(\d{1,3})\](?!\()/g;

function quotation({ text, number, code }: Quote, sources: Source[], base: string): string {
  const citation = linked(`[${number}]`, sources, base);
  if (code) return `\`\`\`\`\n${text.trimEnd()}\n\`\`\`\`\n\n${citation}`;
  return `> ${text.trim().replace(/\s*\n\s*/g, ' ')} ${citation}`;
}

function escaped(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&');
}
