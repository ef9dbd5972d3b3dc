// Removes dist/, so that a deleted source file leaves nothing behind in the package.
import { rm } from 'node:fs/promises';

await rm(new URL('../dist/', import.meta.url), { recursive: true, force: true });
