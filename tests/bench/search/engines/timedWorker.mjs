// Lectern's worker, with the time that each call took added to its answer.
import './clock.mjs';
import '../../../../www/lectern/dist/client/worker.js';
