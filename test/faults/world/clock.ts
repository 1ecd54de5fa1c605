/**
 * Virtual time. It stands still while anything can go on and jumps to the next thing that is due when everybody waits, so
 * that two processes that sleep at once sleep at once.
 */
export class Clock {
  private readonly due: { readonly at: number; readonly order: number; readonly act: () => void }[] = [];
  private order = 0;
  /** Called before the clock moves, with both times in milliseconds. */
  readonly moves: ((from: number, to: number) => void)[] = [];

  constructor(public now: number) {}

  /** @param milliseconds from now */
  in(milliseconds: number, act: () => void): void {
    const entry = { at: this.now + Math.max(0, milliseconds), order: (this.order += 1), act };
    let i = this.due.length;
    while (i > 0 && this.due[i - 1]!.at <= entry.at) i -= 1;
    // Latest first: the next one is taken from the end.
    this.due.splice(i, 0, entry);
  }

  /** Lets time pass until the promise is settled. @throws Error when everybody waits and nothing is due any more */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const end = (): void => void (settled = true);
    promise.then(end, end);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return promise;
      const next = this.due.pop();
      if (next === undefined) throw new Error('everybody waits and nothing is due');
      if (next.at > this.now) {
        for (const move of this.moves) move(this.now, next.at);
        this.now = next.at;
      }
      next.act();
    }
  }

  /** Lets this much time pass. @param milliseconds */
  async pass(milliseconds: number): Promise<void> {
    await this.until(new Promise<void>((resolve) => this.in(milliseconds, resolve)));
  }
}
