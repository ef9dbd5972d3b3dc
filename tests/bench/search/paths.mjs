// Where the search bench keeps and finds things.
import { join } from 'node:path';
import { ROOT } from '../../support/paths.mjs';
import { BENCH } from '../encoder/paths.mjs';

/** What the bench makes: books, bundles, the peers' indexes. */
export const MADE = join(BENCH, 'search');
/** The package `lectern` as it is published. */
export const PACKAGE = join(ROOT, 'www/lectern/dist');
/** The data files of WordNet, from `scripts/setup wordnet`. */
export const DICTIONARY = join(ROOT, '.cache/wordnet/package/dict');
