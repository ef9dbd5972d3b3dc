/** Going to a passage of a page, and showing it there. */
export { found, goTo, navigateBy, type Passage } from './found.js';
export { handOver, takeOver } from './handover.js';
export { pageOf } from './place.js';
export { showPassage, type Shown } from './show.js';
