import { availableParallelism } from 'node:os';
import { Joi } from '@docusaurus/utils-validation';
import type { OptionValidationContext } from '@docusaurus/types';

/** The options of the plugin as a site's configuration gives them. */
export type Options = Partial<PluginOptions>;

/** The options of the plugin, complete. */
export interface PluginOptions {
  /** The instance, as Docusaurus names it. */
  id?: string;
  /** Path to a Lectern model file, relative to the site. */
  model?: string;
  /** Title of the book; the site's title if not given. */
  indexTitle?: string;
  /** Globs of pages to leave out, relative to the built site: `docs/drafts/**`. */
  ignore: string[];
  /** Keys that open the search box; `mod` is Ctrl, on a Mac ⌘. */
  hotkeys: string[];
  /** Threads that embed passages. */
  threads: number;
}

/** What applies where the configuration says nothing. */
export const DEFAULT_OPTIONS = {
  ignore: [],
  hotkeys: ['mod+k', '/'],
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

const schema = Joi.object<PluginOptions>({
  model: Joi.string(),
  indexTitle: Joi.string(),
  ignore: Joi.array().items(Joi.string()).default(DEFAULT_OPTIONS.ignore),
  hotkeys: Joi.array()
    .items(Joi.string().pattern(HOTKEY, 'hotkey such as "mod+k" or "/"'))
    .default(DEFAULT_OPTIONS.hotkeys),
  threads: Joi.number().integer().min(1).max(256).default(DEFAULT_OPTIONS.threads),
});
