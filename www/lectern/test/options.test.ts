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
      encoder: 'relay',
      relayUrl: 'https://relay.example/lectern',
      model: 'models/small.lectern',
      indexTitle: 'The book',
      ignore: ['drafts/**'],
      priors: { '/blog': 0.5 },
      hotkeys: ['mod+shift+f', 's'],
      threads: 3,
    };
    expect(validated(options)).toMatchObject(options);
  });

  it.each([
    [{ modell: 'x' }, /"modell" is not allowed/],
    [{ threads: 0 }, /"threads" must be/],
    [{ ignore: 'drafts' }, /"ignore" must be an array/],
    [{ priors: { blog: 9 } }, /"priors.blog" must be less than or equal to 4/],
    [{ encoder: 'large' }, /"encoder" must be one of \[small, full, relay, none\]/],
    [{ encoder: 'relay' }, /"relayUrl" is missing: the encoder "relay" asks a relay/],
    [{ relayUrl: 'relay.example' }, /address such as/],
    [{ relayUrl: '//relay.example' }, /address such as/],
    [{ relayUrl: 'ftp://relay.example' }, /address such as/],
    [{ relayUrl: 'https://' }, /address such as/],
    [{ hotkeys: ['control k'] }, /hotkey such as/],
  ])('are refused when wrong: %o', (options, message) => {
    expect(() => validated(options)).toThrow(message);
  });

  it.each(['/', '/relay', 'http://localhost:8787', 'https://relay.example/a/b'])(
    'take the address %s of a relay',
    (relayUrl) => {
      expect(validated({ encoder: 'relay', relayUrl })).toMatchObject({ relayUrl });
    },
  );
});
