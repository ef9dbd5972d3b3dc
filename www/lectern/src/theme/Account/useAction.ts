import { useState } from 'react';
import { failureOf, type Failure } from 'lectern/relay';

/** Something that a button does, whether it is at it, and how it last went. */
export interface Action {
  busy: boolean;
  done: boolean;
  failure?: Failure;
  run(): void;
}

/** Does something by a button, once at a time. */
export function useAction(act: () => Promise<void>): Action {
  const [state, setState] = useState<Omit<Action, 'run'>>({ busy: false, done: false });
  const run = () => {
    if (state.busy) return;
    setState({ busy: true, done: false });
    act().then(
      () => setState({ busy: false, done: true }),
      (error: unknown) => setState({ busy: false, done: false, failure: failureOf(error) }),
    );
  };
  return { ...state, run };
}
