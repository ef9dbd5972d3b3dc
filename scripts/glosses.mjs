// Prints general English text, one text a line, from the folder of WordNet's data files: definitions, examples and
// words, some of them after the beginning of a question. The order is drawn, and always the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generator } from './random.mjs';

const OPENINGS = [
  'what is', 'what are', 'how does', 'how do i', 'how to', 'why is', 'why does', 'when is', 'which', 'who',
  'where is', 'what happens when', 'difference between', 'what does', 'how many', 'can i', 'explain',
  'what is the role of', 'what causes', 'what is the', 'who was the', 'when did', 'in what', 'what type of',
  'what was the name of',
];

/** The words, definition and examples of each line of a data file (wndb(5WN)). */
function synsets(file) {
  const lines = readFileSync(file, 'latin1').split('\n');
  return lines.filter((line) => /^\d/.test(line)).map(synset);
}

function synset(line) {
  const [head, gloss] = line.split(' | ', 2);
  const fields = head.split(' ');
  const count = parseInt(fields[3], 16);
  const word = (i) => fields[4 + 2 * i].replace(/\(.*\)/, '').replaceAll('_', ' ');
  const [definition, ...examples] = gloss.trim().split(/;\s*(?=")/);
  return {
    words: Array.from({ length: count }, (_, i) => word(i)),
    definition: definition.trim(),
    examples: examples.map((text) => text.replace(/^[" ;]+|[" ;]+$/g, '')),
  };
}

function main(folder) {
  const draw = generator(1);
  const pick = (items) => items[draw(items.length)];
  const asked = (text) => `${pick(OPENINGS)} ${text}`;
  const texts = new Set();
  const words = new Set();
  for (const part of ['noun', 'verb', 'adj', 'adv']) {
    for (const synset of synsets(join(folder, `data.${part}`))) {
      const chance = draw(100);
      if (chance < 60) texts.add(synset.definition);
      else if (chance < 70) texts.add(asked(synset.definition));
      else texts.add(`${pick(synset.words)} ${synset.definition}`);
      for (const example of synset.examples) if (example.includes(' ')) texts.add(example);
      for (const word of synset.words) words.add(word);
    }
  }
  for (const word of words) texts.add(draw(100) < 60 ? word : asked(word));
  const all = [...texts].filter(Boolean);
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = draw(last + 1);
    [all[last], all[other]] = [all[other], all[last]];
  }
  process.stdout.write(`${all.join('\n')}\n`);
}

main(process.argv[2]);
