/** Passes values on at most once in an interval: the first at once, of those that follow the latest. */
export class Paced<T> {
  private timer?: ReturnType<typeof setTimeout>;
  private latest?: { value: T };

  /** `interval` is in milliseconds. */
  constructor(
    private readonly pass: (value: T) => void,
    private readonly interval: number,
  ) {}

  /** Passes this value on, now or when the interval is over. */
  push(value: T): void {
    this.latest = { value };
    if (this.timer === undefined) this.next();
  }

  /** Passes on what waits. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.latest) this.pass(this.latest.value);
    this.latest = undefined;
  }

  private next(): void {
    this.flush();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.latest) this.next();
    }, this.interval);
  }
}
