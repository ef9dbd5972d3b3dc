/** Thin React hooks over the client. */
export { useLectern } from './useLectern.js';
export { useSearch, type SearchResult } from './useSearch.js';
