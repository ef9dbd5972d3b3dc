/** The panel's state: small enough to be part of every page. */
export {
  closePanel,
  opening,
  openPanel,
  type Opening,
  type Selection,
  type View,
  type Wish,
} from './opener.js';
export { pageOf, selected, type Site } from './selected.js';
