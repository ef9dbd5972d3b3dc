// Loaded before the worker's own script, so that its listener is the first to hear of a call.
const began = new Map();
const post = self.postMessage.bind(self);

self.addEventListener('message', ({ data }) => began.set(data.id, performance.now()));
self.postMessage = (reply) => post({ ...reply, milliseconds: performance.now() - began.get(reply.id) });
