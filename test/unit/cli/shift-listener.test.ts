import { endObject, eventObject, listener } from '../../../lib/cli/shift-listener';
import type { Context, Output } from '../../../lib/cli/context';
import { begin, fold } from '../../../lib/traffic/shift';
import type { JournalLine } from '../../../lib/traffic/shift-events';
import { BEGIN, DONE, HELD, ROLLED_BACK } from '../render/shift-journals';

type Draw = (size: { columns: number; rows: number }) => readonly string[];

/** A shift that is told as `drive` tells it: the line is in the journal before it is told. */
function tell(journal: readonly JournalLine[], output: Output, isTerminal = false) {
  const stdout: unknown[] = [];
  const stderr: string[] = [];
  let draw: Draw | undefined;
  const context = {
    output,
    print: (_: string, json: unknown) => stdout.push(JSON.parse(JSON.stringify(json))),
    progress: {
      step: (text: string) => stderr.push(text),
      note: (text: string) => stderr.push(text),
      ...(isTerminal && { live: (own: Draw) => (draw = own) }),
    },
  } as unknown as Context;
  const lines = [journal[0]!];
  const told = listener({ context, lines, begun: begin(journal[0]!), now: () => BEGIN + 960_000 });
  for (const line of journal.slice(1)) {
    lines.push(line);
    told.event(line, fold(lines));
  }
  return { stdout, stderr, told, drawn: (columns = 80, rows = 40) => draw?.({ columns, rows }).join('\n') };
}

describe('with --output ndjson', () => {
  test('an object a line of the journal, with the state after it, and without what the router read', () => {
    const { stdout } = tell(DONE, 'ndjson');
    expect(stdout).toHaveLength(DONE.length);
    expect(stdout[0]).toMatchObject({
      version: 1,
      kind: 'event',
      event: { n: 1, type: 'started' },
      state: { phase: 'planned' },
    });
    expect(stdout.at(-1)).toMatchObject({
      at: DONE.at(-1)!.at,
      event: { type: 'done' },
      state: { phase: 'done', stage: 4, stages: 4, share: 1, weights: { blue: 0, green: 100 } },
    });
    expect(JSON.stringify(stdout)).not.toMatch(/hush|"reading"/);
  });

  test('each is one line, whatever a reason holds', () => {
    const line = { ...HELD.at(-1)!, why: 'two\nlines, Bearer abcdefgh12345678' } as JournalLine;
    const text = JSON.stringify(eventObject(line, fold([...HELD.slice(0, -1), line])));
    expect(text).not.toContain('\n');
    expect(text).not.toContain('abcdefgh12345678');
    expect(JSON.parse(text)).toMatchObject({
      state: { phase: 'held', reason: expect.stringContaining('two\nlines') as string },
    });
  });

  test('the last one says that it is', () => {
    expect(endObject({ outcome: 'done' })).toEqual({ version: 1, kind: 'end', outcome: 'done' });
  });
});

test('where nobody watches: a line a change on stderr, and nothing on stdout before the end', () => {
  const { stderr, stdout } = tell(ROLLED_BACK, 'text');
  expect(stdout).toEqual([]);
  expect(stderr).toEqual([
    'stage 1 of 4: 5 % on green',
    '  passed: errors: none of 488 on green; 4.9 % of 10000 requests on green',
    'stage 2 of 4: 25 % on green',
    '  INCONCLUSIVE: errors: 3 of 2185 on green, 9 of 6627 on blue: needs ~3 min',
    'rolling back to blue: errors: 90 of 2185 on green: not by chance',
  ]);
});

test('what it waits for is told once, not at every look', () => {
  const { stderr, told } = tell(HELD, 'text');
  const before = stderr.length;
  for (let i = 0; i < 3; i += 1) told.waiting(fold(HELD), 'green has 1 healthy node of 2');
  expect(stderr.slice(before)).toEqual(['  stage 2 of 4, held by gates at 25 %: green has 1 healthy node of 2']);
});

test('on a terminal: one tree that moves, no line beside it', () => {
  const { stderr, drawn } = tell(HELD.slice(0, -1), 'text', true);
  expect(stderr).toEqual([]);
  expect(drawn()).toMatch(/^traffic.*\n.*shift.*baking[^]*next.*in 4m10s/);
  expect(drawn(80, 6)!.split('\n').length).toBeLessThanOrEqual(6);
});
