import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('./messages/', import.meta.url);

/** The language that the components' own texts are in. */
const OWN = 'en';

/**
 * The texts of the interface in the language of a locale, by id, as Docusaurus takes them; a site's own translations
 * go before them. Empty where the components' own texts are it already, or nobody has translated them.
 */
export function messagesFor(locale: string): Record<string, string> {
  const language = locale.toLowerCase().split(/[-_]/)[0]!;
  return language === OWN ? {} : messagesIn(language);
}

/** The texts in a language, by id. */
export function messagesIn(language: string): Record<string, string> {
  if (!languages().includes(language)) return {};
  const folder = new URL(`${language}/`, FOLDER);
  const parts = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.assign({}, ...parts.map((name) => parse(new URL(name, folder))));
}

/** The languages that there are texts in. */
export function languages(): string[] {
  return readdirSync(fileURLToPath(FOLDER)).sort();
}

function parse(file: URL): Record<string, string> {
  return JSON.parse(readFileSync(file, 'utf8'));
}
