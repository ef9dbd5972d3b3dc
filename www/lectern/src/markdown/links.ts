/** Protocols of links in answers. */
const PROTOCOLS = ['http:', 'https:', 'mailto:'];

/** An address that a link may have, as it was written; nothing for others, such as scripts. */
export function safeHref(href: string): string | undefined {
  try {
    const { protocol } = new URL(href, 'https://page.invalid/');
    return PROTOCOLS.includes(protocol) ? href.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** Text with its character references read, those that answers have. */
export function decoded(text: string): string {
  return text.replace(/&(?:(lt|gt|amp|quot|apos|nbsp)|#(\d{1,7})|#x([\da-f]{1,6}));/gi, reference);
}

const NAMED: Record<string, string> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

function reference(whole: string, name?: string, decimal?: string, hex?: string): string {
  if (name) return NAMED[name.toLowerCase()]!;
  const point = decimal ? Number(decimal) : parseInt(hex!, 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
}
