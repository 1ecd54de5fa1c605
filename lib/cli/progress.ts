import pc from 'picocolors';

/** Steps of a command on stderr: one line that moves on a terminal, one line a step anywhere else. */
export interface Progress {
  /** Begins a step and ends the one before. */
  step(text: string): void;
  /** @param share how far the step is, 0 to 1; undefined when unknown. Shown on a terminal only */
  update(share: number | undefined, detail: string): void;
  /** Something to know that is no step. */
  note(text: string): void;
  /** Ends the last step; with `failed` it is marked so. `remark` is shown behind it. */
  end(failed?: boolean, remark?: string): void;
}

type Sink = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Short: on 80 columns there must be room for what the step is waiting for. */
const BAR = 6;

export function progressOn(sink: Sink): Progress {
  return sink.isTTY ? new MovingLine(sink) : new PlainLines(sink);
}

class PlainLines implements Progress {
  constructor(private readonly sink: Sink) {}
  step(text: string): void {
    this.sink.write(`${text}\n`);
  }
  update(): void {
    // Nobody watches: a log needs the step once.
  }
  note(text: string): void {
    this.sink.write(`${text}\n`);
  }
  end(_failed = false, remark = ''): void {
    // The step's line is complete already.
    if (remark) this.sink.write(`  ${remark}\n`);
  }
}

class MovingLine implements Progress {
  private current = '';
  private detail = '';
  private frame = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly colors = pc.createColors(!process.env.NO_COLOR);

  constructor(private readonly sink: Sink) {}

  step(text: string): void {
    this.end();
    this.current = text;
    this.detail = '';
    this.timer = setInterval(() => this.draw(), 100);
    this.timer.unref();
    this.draw();
  }

  update(share: number | undefined, detail: string): void {
    const filled = share === undefined ? 0 : Math.round(Math.min(1, Math.max(0, share)) * BAR);
    const bar = share === undefined ? '' : `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} `;
    this.detail = `  ${bar}${detail}`;
  }

  note(text: string): void {
    this.sink.write(`\r\x1b[K${text}\n`);
    if (this.current) this.draw();
  }

  end(failed = false, remark = ''): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = undefined;
    if (!this.current) return;
    const mark = failed ? this.colors.red('✖') : this.colors.green('✔');
    this.sink.write(`\r\x1b[K${mark} ${this.current}${remark ? ` ${remark}` : ''}\n`);
    this.current = '';
  }

  private draw(): void {
    this.frame = (this.frame + 1) % FRAMES.length;
    const line = `${this.current}${this.detail}`.slice(0, (this.sink.columns ?? 80) - 3);
    this.sink.write(`\r\x1b[K${this.colors.cyan(FRAMES[this.frame])} ${line}`);
  }
}
