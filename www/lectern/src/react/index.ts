/** Thin React hooks over the client. */
export { useStore } from '../state/useStore.js';
export { useLectern } from './useLectern.js';
export { useSearch, type SearchResult } from './useSearch.js';
