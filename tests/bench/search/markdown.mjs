// Markdown as a page, the way documentation sites render it: a title, and headings that can be linked to.
import { Marked } from 'marked';
import { gfmHeadingId } from 'marked-gfm-heading-id';

const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/;
const MDX_MODULES = /^(import|export) .*$/gm;
const marked = new Marked({ gfm: true }, gfmHeadingId());

/** A page of HTML. Its title is that of the front matter, else its first heading, else `name`. */
export function render(source, name) {
  const [matter, fields = ''] = FRONT_MATTER.exec(source) ?? [''];
  const body = source.slice(matter.length).replace(MDX_MODULES, '');
  const html = marked.parse(body);
  const heading = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1];
  const named = /^title:\s*(['"]?)(.*)\1\s*$/m.exec(fields)?.[2];
  const title = named ? escape(named) : (heading ?? escape(name));
  return `<!doctype html><html lang="en"><head><title>${title}</title></head><body><main><article>
${heading ? '' : `<h1>${title}</h1>`}${html}</article></main></body></html>
`;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
