import { createClient, type ClientOptions } from '../src/client/index.js';
import { INFO } from './answers.js';
import { FakeWorker } from './fakeWorker.js';

/** Where the book of these clients lies. */
export const SHELF_URL = 'https://book.example/lectern/';

/** A client and the workers it has started, the newest last. */
export function setUp(options: Partial<ClientOptions> = {}) {
  const workers: FakeWorker[] = [];
  const workerFactory = () => {
    workers.push(new FakeWorker());
    return workers.at(-1)!.asWorker;
  };
  return { client: createClient({ shelfUrl: SHELF_URL, workerFactory, ...options }), workers };
}

/** A client that has loaded its words. */
export async function setUpOpen(options: Partial<ClientOptions> = {}) {
  const { client, workers } = setUp(options);
  const opened = client.open();
  const worker = workers[0]!;
  await worker.answer('open', INFO);
  await opened;
  return { client, workers, worker };
}
