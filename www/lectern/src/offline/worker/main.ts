/** The service worker of sites that have no other. */
import { answerFromCopy } from './answer.js';
import type { WorkerScope } from './scope.js';

const scope = self as unknown as WorkerScope;

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
answerFromCopy(scope);
