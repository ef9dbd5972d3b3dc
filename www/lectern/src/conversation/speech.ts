/** The end of the last whole sentence, paragraph or line of a list in a text that grows; 0 where there is none. */
export function endOfSentences(text: string): number {
  let end = 0;
  for (const { index, 0: mark } of text.matchAll(/[.!?۔؟]["”’)\]]*(?=\s)|[。！？]["”’）」]?|\n/g)) {
    end = index + mark.length;
  }
  return end;
}

/** A text as it is said: without the marks of Markdown and without citations. */
export function spoken(markdown: string): string {
  return markdown
    .replace(/```[^\n]*\n?/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s*\[\d{1,3}\]/g, '')
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\d+\.)\s+/gm, '')
    .replace(/[*_`]{1,3}/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
