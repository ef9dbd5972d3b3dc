import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line of JSON for scripts: how many tests passed, failed and were skipped. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => states.filter((other) => other === state).length;
    const broken = modules.filter((module) => module.state() === 'failed' && count('failed') === 0);
    console.log(
      JSON.stringify({
        suite: 'www/lectern',
        passed: count('passed'),
        failed: count('failed') + broken.length,
        skipped: count('skipped'),
      }),
    );
  }
}
