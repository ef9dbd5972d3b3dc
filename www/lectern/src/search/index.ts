/** What the search dialog and the search page share: filters, recent entries, and how results settle. */
export {
  dialogFilters,
  EVERYWHERE,
  isFiltered,
  readFilters,
  sectionsIn,
  withinOf,
  writeFilters,
  type Filters,
  type Section,
} from './filters.js';
export { recentsAt, type RecentEntries, type RecentPage, type Recents } from './recents.js';
export { settled } from './settled.js';
export { versionsAt, versionsOf, type Version, type VersionChoice } from './versions.js';
