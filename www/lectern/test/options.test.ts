import { normalizePluginOptions } from '@docusaurus/utils-validation';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, validateOptions, type Options } from '../src/docusaurus/options.js';

function validated(options?: unknown) {
  return validateOptions({
    validate: normalizePluginOptions as never,
    options: options as Options | undefined,
  });
}

describe('the options of the plugin', () => {
  it('are complete without any', () => {
    expect(validated()).toMatchObject(DEFAULT_OPTIONS);
  });

  it('are kept as given', () => {
    const options = {
      model: 'models/small.lectern',
      indexTitle: 'The book',
      ignore: ['drafts/**'],
      hotkeys: ['mod+shift+f', 's'],
      threads: 3,
    };
    expect(validated(options)).toMatchObject(options);
  });

  it.each([
    [{ modell: 'x' }, /"modell" is not allowed/],
    [{ threads: 0 }, /"threads" must be/],
    [{ ignore: 'drafts' }, /"ignore" must be an array/],
    [{ hotkeys: ['control k'] }, /hotkey such as/],
  ])('are refused when wrong: %o', (options, message) => {
    expect(() => validated(options)).toThrow(message);
  });
});
