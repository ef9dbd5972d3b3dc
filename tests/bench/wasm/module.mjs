// What a WebAssembly module is made of (https://webassembly.github.io/spec/core/binary/modules.html).

/** Ids of sections. */
const CUSTOM = 0, IMPORT = 2, CODE = 10, DATA = 11;

/** Id of the subsection of the section `name` that names functions. */
const FUNCTION_NAMES = 1;

/** Functions by name with their bodies, and the other sections' bytes: `{ functions: [{ name, body }], data, rest }`. */
export function dissect(bytes) {
  const sections = [...sectionsOf(bytes)];
  const find = (id) => sections.find((section) => section.id === id)?.content ?? new Uint8Array();
  const custom = (name) => sections.find((section) => section.id === CUSTOM && section.name === name);
  const names = functionNames(custom('name')?.content ?? new Uint8Array());
  const imported = importedFunctions(new Cursor(find(IMPORT)));
  const functions = [...bodies(new Cursor(find(CODE)))].map((body, place) => ({
    name: names.get(imported + place) ?? '',
    body,
  }));
  const rest = sections.filter(({ id }) => ![CUSTOM, CODE, DATA].includes(id)).map(({ content }) => content);
  return { functions, data: find(DATA), rest: Buffer.concat(rest) };
}

class Cursor {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get done() {
    return this.at >= this.bytes.length;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** An unsigned LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  take(length) {
    return this.bytes.subarray(this.at, (this.at += length));
  }

  /** Bytes with their length before them. */
  vector() {
    return this.take(this.number());
  }

  text() {
    return Buffer.from(this.vector()).toString();
  }
}

function* sectionsOf(bytes) {
  const cursor = new Cursor(bytes);
  cursor.take(8); // magic and version
  while (!cursor.done) {
    const id = cursor.byte();
    const content = new Cursor(cursor.vector());
    const name = id === CUSTOM ? content.text() : undefined;
    yield { id, name, content: content.bytes.subarray(content.at) };
  }
}

function* bodies(cursor) {
  for (let left = cursor.done ? 0 : cursor.number(); left > 0; left--) yield cursor.vector();
}

function importedFunctions(cursor) {
  let functions = 0;
  for (let left = cursor.done ? 0 : cursor.number(); left > 0; left--) {
    cursor.vector(); // module
    cursor.vector(); // field
    const kind = cursor.byte();
    functions += kind === 0;
    if (kind === 1) cursor.byte(); // type of a table's elements
    if (kind === 3) cursor.take(2); // type and mutability of a global
    else if (kind === 0) cursor.number();
    else for (let limits = 1 + (cursor.number() & 1); limits > 0; limits--) cursor.number();
  }
  return functions;
}

function functionNames(section) {
  const names = new Map();
  const cursor = new Cursor(section);
  while (!cursor.done) {
    const id = cursor.byte();
    const content = new Cursor(cursor.vector());
    if (id !== FUNCTION_NAMES) continue;
    for (let left = content.number(); left > 0; left--) names.set(content.number(), content.text());
  }
  return names;
}
