import { usePluginData } from '@docusaurus/useGlobalData';
import type { Encoder } from 'lectern';

/** What the search box knows of the plugin's options. */
export interface PluginOptions {
  hotkeys: string[];
  askHotkeys: string[];
  offline: boolean;
  /** Where the search page is, below the base URL. */
  searchPagePath: string | false;
  encoder: Encoder;
  relayUrl?: string;
}

/** The options of the plugin as the site's configuration gives them. */
export function usePluginOptions(): PluginOptions {
  return usePluginData('lectern') as PluginOptions;
}
