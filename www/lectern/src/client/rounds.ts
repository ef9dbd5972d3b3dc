import { failureOf } from './errors.js';
import type { Failure } from './protocol.js';

/** Fetches a part of what is needed; comes to the reason why something of it could not be had, if any. */
export type Prepare = () => Promise<unknown>;

/** What is fetched until nothing more is needed. */
export interface Rounds {
  isReady(): boolean;
  prepare: Prepare;
  /** Called before a round. */
  before?(): void;
  /** Called after a round; may throw to end it all. */
  after?(): void;
}

/** Rounds of fetching after which a query is answered with what is there: `ROUNDS` of the engine. */
const ROUNDS = 3;

/** Fetches round by round. What cannot be had is done without; the first reason is returned. */
export async function fetchRounds({ isReady, prepare, before, after }: Rounds) {
  let failure: Failure | undefined;
  for (let round = 0; round < ROUNDS && !isReady(); round += 1) {
    before?.();
    const { why, broken } = await fetchRound(prepare);
    failure ??= why;
    if (broken) break;
    after?.();
  }
  return failure;
}

/** Fetches once. What cannot be had is done without; the reason is returned. */
export async function fetchOnce(prepare: Prepare): Promise<Failure | undefined> {
  return (await fetchRound(prepare)).why;
}

/** One round, which is `broken` where going on is of no use. That the site has a newer index is thrown. */
async function fetchRound(prepare: Prepare): Promise<{ why?: Failure; broken?: boolean }> {
  try {
    const trouble: unknown = await prepare();
    return trouble ? { why: failureOf(trouble) } : {};
  } catch (cause) {
    const why = failureOf(cause);
    if (why.code === 'shelf-changed') throw cause;
    return { why, broken: true };
  }
}
