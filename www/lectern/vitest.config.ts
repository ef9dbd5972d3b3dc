import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As `rootDirs` of tsconfig.json has it: what wasm-bindgen wrote is next to the compiled sources.
  resolve: {
    alias: [
      {
        find: /^\.\.\/(?:src\/)?wasm\//,
        replacement: fileURLToPath(new URL('./dist/wasm/', import.meta.url)),
      },
      // Components name each other as Docusaurus does.
      {
        find: /^@theme\//,
        replacement: fileURLToPath(new URL('./src/theme/', import.meta.url)),
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/summaryReporter.ts'],
  },
});
