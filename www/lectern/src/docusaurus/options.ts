import { availableParallelism } from 'node:os';
import { Joi } from '@docusaurus/utils-validation';
import type { OptionValidationContext } from '@docusaurus/types';

/** The options of the plugin as a site's configuration gives them. */
export type Options = Partial<PluginOptions>;

/** The options of the plugin, complete. */
export interface PluginOptions {
  /** The instance, as Docusaurus names it. */
  id?: string;
  /**
   * What a reader's browser reads queries with: `small`, a token table; `full`, the sentence encoder;
   * `relay`, a server; `none`, words alone, for which the index has nothing else.
   */
  encoder: 'small' | 'full' | 'relay' | 'none';
  /** Where the relay is: an http(s) URL, or a path on the site's own host. */
  relayUrl?: string;
  /** Path to a Lectern model file, relative to the site. */
  model?: string;
  /** Title of the book; the site's title if not given. */
  indexTitle?: string;
  /** Globs of pages to leave out, relative to the built site: `docs/drafts/**`. */
  ignore: string[];
  /**
   * How likely pages are what readers look for: a factor of their scores, 0.25 to 4, by the path of a
   * page or a folder below the site's base URL, `{'/blog': 0.5}`.
   */
  priors: Record<string, number>;
  /** Keys that open the search box; `mod` is Ctrl, on a Mac ⌘. */
  hotkeys: string[];
  /** Keys that open the panel that answers questions. */
  askHotkeys: string[];
  /** Where the search page is, below the site's base URL; `false` for none. */
  searchPagePath: string | false;
  /** Whether readers can keep the book in their browser, to read and search it without a network. */
  offline: boolean;
  /** Threads that embed passages. */
  threads: number;
}

/** What applies where the configuration says nothing. */
export const DEFAULT_OPTIONS = {
  encoder: 'small',
  ignore: [],
  priors: {},
  hotkeys: ['mod+k', '/'],
  askHotkeys: ['mod+i'],
  searchPagePath: 'search',
  offline: false,
  threads: availableParallelism(),
} satisfies Options;

/** Checks the options and completes them; unknown ones are refused. */
export function validateOptions({
  validate,
  options,
}: OptionValidationContext<Options | undefined, PluginOptions>): PluginOptions {
  return validate(schema, options);
}

const HOTKEY = /^(?:(?:mod|ctrl|meta|alt|shift)\+)*[^\s+]$/;

const RELAY_URL = /^(?:https?:\/\/[^\s/]+|\/(?!\/))\S*$/;

const PAGE_PATH = /^[^\s/?#]+(?:\/[^\s/?#]+)*$/;

const schema = Joi.object<PluginOptions>({
  encoder: Joi.string().valid('small', 'full', 'relay', 'none').default(DEFAULT_OPTIONS.encoder),
  relayUrl: Joi.string()
    .pattern(RELAY_URL, 'address such as "https://relay.example" or "/relay"')
    .when('encoder', { is: 'relay', then: Joi.required() })
    .messages({
      'any.required':
        '"relayUrl" is missing: the encoder "relay" asks a relay, whose address it needs, such as "https://relay.example" or "/relay"',
    }),
  model: Joi.string(),
  indexTitle: Joi.string(),
  ignore: Joi.array().items(Joi.string()).default(DEFAULT_OPTIONS.ignore),
  priors: Joi.object()
    .pattern(Joi.string(), Joi.number().min(0.25).max(4))
    .default(DEFAULT_OPTIONS.priors),
  hotkeys: Joi.array()
    .items(Joi.string().pattern(HOTKEY, 'hotkey such as "mod+k" or "/"'))
    .default(DEFAULT_OPTIONS.hotkeys),
  askHotkeys: Joi.array()
    .items(Joi.string().pattern(HOTKEY, 'hotkey such as "mod+i"'))
    .default(DEFAULT_OPTIONS.askHotkeys),
  searchPagePath: Joi.alternatives()
    .try(Joi.boolean().valid(false), Joi.string().pattern(PAGE_PATH, 'path such as "search"'))
    .default(DEFAULT_OPTIONS.searchPagePath),
  offline: Joi.boolean().default(DEFAULT_OPTIONS.offline),
  threads: Joi.number().integer().min(1).max(256).default(DEFAULT_OPTIONS.threads),
});
