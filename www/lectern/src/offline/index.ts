/** A copy of the site that is read and searched without a network. */
export { offlineCopy, type OfflineCopy } from './copy.js';
export type { OfflineErrorCode, Space } from './errors.js';
export { partsOf, type Choice, type Part, type Sizes } from './list.js';
export type { Failure, Kept, OfflineState, OfflineStatus } from './state.js';
export { useOffline } from './useOffline.js';
