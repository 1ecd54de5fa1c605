import pc from 'picocolors';
import { columnsOf } from '../render/fold-lines';

/** Steps of a command on stderr: one line that moves on a terminal, one line a step anywhere else. */
export interface Progress {
  /** Begins a step and ends the one before. */
  step(text: string): void;
  /** @param share how far the step is, 0 to 1; undefined when unknown. Shown on a terminal only */
  update(share: number | undefined, detail: string): void;
  /** Something to know that is no step. */
  note(text: string): void;
  /**
   * Lines that are drawn again in place until the next step or the end, which take them away; absent where nobody sees it.
   * @param draw lines that are no wider and no more than there is room for
   */
  live?(draw: (size: { readonly columns: number; readonly rows: number }) => readonly string[]): void;
  /** Ends the last step; with `failed` it is marked so. `remark` is shown behind it. */
  end(failed?: boolean, remark?: string): void;
}

type Sink = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

/** How often a block that moves is drawn, milliseconds. */
const REDRAW_MS = 500;
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
  private block: Parameters<NonNullable<Progress['live']>>[0] | undefined;
  /** What the block has on the screen. */
  private drawn: readonly string[] = [];
  private drawnColumns = 0;
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

  live(draw: Parameters<NonNullable<Progress['live']>>[0]): void {
    if (this.block === undefined) {
      this.end();
      this.timer = setInterval(() => this.redraw(), REDRAW_MS);
      this.timer.unref();
    }
    this.block = draw;
    this.redraw();
  }

  note(text: string): void {
    if (this.block) {
      this.sink.write(`${this.erased()}${text}\n`);
      return this.redraw();
    }
    this.sink.write(`\r\x1b[K${text}\n`);
    if (this.current) this.draw();
  }

  end(failed = false, remark = ''): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = undefined;
    if (this.block) {
      this.sink.write(this.erased());
      this.block = undefined;
    }
    if (!this.current) return;
    const mark = failed ? this.colors.red('✖') : this.colors.green('✔');
    this.sink.write(`\r\x1b[K${mark} ${this.current}${remark ? ` ${remark}` : ''}\n`);
    this.current = '';
  }

  /** In one write, and only what differs from nothing: whoever looks on sees no empty screen in between. */
  private redraw(): void {
    const { columns = 80, rows = 24 } = this.sink;
    const lines = this.block?.({ columns, rows: rows - 1 }) ?? [];
    if (columns === this.drawnColumns && lines.join('\n') === this.drawn.join('\n')) return;
    const up = this.height();
    const text = lines.map((line) => `${line}\x1b[K\n`).join('');
    this.sink.write(`\x1b[?2026h${up > 0 ? `\r\x1b[${up}A` : ''}${text}\x1b[J\x1b[?2026l`);
    this.drawn = lines;
    this.drawnColumns = columns;
  }

  private erased(): string {
    const up = this.height();
    this.drawn = [];
    return up > 0 ? `\r\x1b[${up}A\x1b[J` : '';
  }

  /** Rows of the block on the screen: on one that was made narrower meanwhile its lines are wrapped. */
  private height(): number {
    const { columns = 80 } = this.sink;
    return this.drawn.reduce((rows, line) => {
      const width = columnsOf(line.replace(/\x1b\[[\d;?]*[a-zA-Z]/g, ''));
      return rows + Math.max(1, Math.ceil(width / columns));
    }, 0);
  }

  private draw(): void {
    this.frame = (this.frame + 1) % FRAMES.length;
    const line = `${this.current}${this.detail}`.slice(0, (this.sink.columns ?? 80) - 3);
    this.sink.write(`\r\x1b[K${this.colors.cyan(FRAMES[this.frame])} ${line}`);
  }
}
