// Gives the closures that WebAssembly exports names that do not depend on where a build has put them, so that
// builds with the same interface have the same JavaScript.
// Usage: node scripts/glue.mjs MODULE.js MODULE_bg.wasm
import { readFileSync, writeFileSync } from 'node:fs';

/** As wasm-bindgen names them, after their place in the table of functions. */
const CLOSURE = /__wasm_bindgen_func_elem_(\d+)/g;

/** Bytes before the first section: magic and version. */
const HEADER = 8;
const EXPORT = 7;

const [script, module] = process.argv.slice(2);
const text = readFileSync(script, 'utf8');
const places = [...new Set([...text.matchAll(CLOSURE)].map(([, place]) => Number(place)))].sort((a, b) => a - b);
const rename = (name) => name.replace(CLOSURE, (_, place) => `__lectern_closure_${places.indexOf(Number(place))}`);
writeFileSync(script, rename(text));
writeFileSync(module, withExports(readFileSync(module), rename));

/** The module with its exports renamed (https://webassembly.github.io/spec/core/binary/modules.html). */
function withExports(bytes, rename) {
  const out = [bytes.subarray(0, HEADER)];
  for (let at = HEADER; at < bytes.length; ) {
    const id = bytes[at];
    const [size, start] = number(bytes, at + 1);
    const section = bytes.subarray(start, start + size);
    const content = id === EXPORT ? exportsOf(section, rename) : section;
    out.push(Buffer.from([id]), encoded(content.length), content);
    at = start + size;
  }
  return Buffer.concat(out);
}

/** The section of exports: a count, then name, kind and index of each. */
function exportsOf(section, rename) {
  let [count, at] = number(section, 0);
  const out = [encoded(count)];
  for (; count > 0; count -= 1) {
    const [length, start] = number(section, at);
    const name = Buffer.from(rename(section.toString('utf8', start, start + length)));
    const [, end] = number(section, start + length + 1);
    out.push(encoded(name.length), name, section.subarray(start + length, end));
    at = end;
  }
  return Buffer.concat(out);
}

/** The unsigned LEB128 at a place, and where it ends. */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at += 1) {
    value += (bytes[at] & 0x7f) * 2 ** shift;
    if (bytes[at] < 0x80) return [value, at + 1];
  }
}

function encoded(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}
