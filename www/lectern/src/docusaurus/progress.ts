/** One line on a terminal that is written over and over; elsewhere, in a log, only its end is written. */
export class Progress {
  private readonly terminal: boolean;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {
    this.terminal = out.isTTY === true;
  }

  /** Shows how far the work has come. */
  show(text: string): void {
    if (this.terminal) this.out.write(`\r\x1b[K[lectern] ${text}`);
  }

  /** Writes the line for good. */
  end(text: string): void {
    this.out.write(`${this.terminal ? '\r\x1b[K' : ''}[lectern] ${text}\n`);
  }
}
