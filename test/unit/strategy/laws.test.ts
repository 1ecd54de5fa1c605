import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { load } from 'js-yaml';
import { CommanderError, type Command } from 'commander';
import { EXIT, KongDualClusterError } from '../../../lib/errors';
import { program } from '../../../lib/cli/program';
import { upgradePlan } from '../../../lib/strategy/plan';
import type { SituationInput } from '../../../lib/strategy/situation';
import type { RunbookStep, UpgradePlan } from '../../../lib/strategy/upgrade-plan';
import { anyInput, AS_OF } from './situations';

const RUNS = { numRuns: 400 };

/** The plan, or undefined where it is refused in the way that a refusal is. */
function planOf(input: SituationInput): UpgradePlan | undefined {
  try {
    return upgradePlan(input, { asOf: AS_OF });
  } catch (error) {
    if (error instanceof KongDualClusterError && error.exitCode === EXIT.preflightRefused) return undefined;
    throw error;
  }
}

/** A law over every runbook there is. */
const law = (holds: (steps: readonly RunbookStep[], plan: UpgradePlan, input: SituationInput) => void): void => {
  let seen = 0;
  fc.assert(
    fc.property(anyInput, (input) => {
      const plan = planOf(input);
      if (plan === undefined) return;
      seen += 1;
      holds(plan.runbook, plan, input);
    }),
    RUNS,
  );
  // A generator of refusals alone would prove nothing.
  expect(seen).toBeGreaterThan(100);
};

const MIGRATES = /kong migrations (up|finish|bootstrap)/;

describe('every runbook', () => {
  test('has ids of its own, in kebab-case', () =>
    law((steps) => {
      expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
      for (const { id } of steps) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    }));

  test('goes from before to during to after', () =>
    law((steps) => {
      const order = steps.map(({ phase }) => ['before', 'during', 'after'].indexOf(phase));
      expect(order).toEqual([...order].sort());
      expect(new Set(order).size).toBe(3);
    }));

  test('says of each step who, what is expected, how to look, how to undo, and from where it is known', () =>
    law((steps) => {
      for (const { id, who, expected, check, undo, sources } of steps) {
        expect([id, [who, expected, check, undo].every((text) => text.length > 3), sources.length > 0]).toEqual([
          id,
          true,
          true,
        ]);
      }
    }));

  test('has one point of no return, and never days before', () =>
    law((steps) => {
      const marked = steps.filter(({ pointOfNoReturn }) => pointOfNoReturn);
      expect(marked.map(({ id }) => id)).toHaveLength(1);
      expect(marked[0]!.phase).not.toBe('before');
    }));

  test('promises no way back by weights from the point of no return on, until a change of its own begins', () =>
    law((steps) => {
      const there = steps.findIndex(({ pointOfNoReturn }) => pointOfNoReturn);
      for (const step of steps.slice(there)) {
        // Traditional to hybrid is a second change with old nodes of its own.
        if (step.id === 'traditional-to-hybrid') continue;
        const promises = /shift abort|weights\.sh|by weights/.test(step.undo) && !step.undo.includes('restore');
        expect([step.id, promises]).toEqual([step.id, false]);
      }
      expect(steps.slice(there).map(({ id }) => id)).not.toContain('rollback-by-weights');
    }));

  test('backs up the database before anything migrates it, and the files days before', () =>
    law((steps, _, { mode }) => {
      const firstMigration = steps.findIndex(
        ({ id, commands }) =>
          id === 'deploy-green' ||
          commands.some((line) => MIGRATES.test(line)) ||
          (/helm (upgrade|install).*(?!values-now)/.test(commands.join()) && id !== 'helm-chart' && mode !== 'db-less'),
      );
      const backup = steps.findIndex(({ id }) => id === (mode === 'db-less' ? 'backup-kong-yaml' : 'backup-database'));
      expect(backup).toBeGreaterThanOrEqual(0);
      if (firstMigration >= 0) expect(backup).toBeLessThan(firstMigration);
      expect(steps.find(({ id }) => id === 'backup-kong-conf')?.phase).toBe('before');
    }));

  test('stops the writers before the backup that the new side is made from', () =>
    law((steps, _, { mode }) => {
      const ids = steps.map(({ id }) => id);
      const stop = Math.max(ids.indexOf('freeze'), ids.indexOf('admin-on-old'));
      expect(stop).toBeGreaterThanOrEqual(0);
      if (mode !== 'db-less') expect(stop).toBeLessThan(ids.indexOf('backup-database'));
    }));

  test('reads `list` after every `finish`', () =>
    law((steps) => {
      for (const { id, commands } of steps) {
        const finish = commands.findLastIndex((line) => line.includes('kong migrations finish'));
        if (finish < 0) continue;
        expect([id, commands.findLastIndex((line) => line.includes('kong migrations list')) > finish]).toEqual([
          id,
          true,
        ]);
      }
    }));

  test('starts the control plane before the data planes, in every hybrid runbook', () =>
    law((steps, { hops }, { mode, fresh }) => {
      if (mode !== 'hybrid' || (hops.length === 0 && fresh !== true)) return;
      const ids = steps.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(['cluster-certificate', 'start-control-plane', 'start-data-planes']));
      expect(ids.indexOf('start-control-plane')).toBeLessThan(ids.indexOf('start-data-planes'));
    }));

  test('keeps every green release that has a database on the copy of the database', () =>
    law((steps) => {
      for (const { id, commands } of steps) {
        for (const line of commands) {
          if (id === 'start-data-planes' || !/^helm (install|upgrade) \S+-green /.test(line)) continue;
          expect(line).toContain(' -f values-copy.yaml');
        }
      }
    }));

  test('runs no migrations on the old database unless it is the point of no return or was before', () =>
    law((steps, { strategy }) => {
      const there = steps.findIndex(({ pointOfNoReturn }) => pointOfNoReturn);
      const onOld = steps.findIndex(({ commands }) =>
        commands.some((line) => line.includes('--env-file kong.env') && /kong migrations (up|finish)/.test(line)),
      );
      if (onOld < 0) return;
      expect(['in-place', 'shared-database']).toContain(strategy.name);
      if (strategy.name === 'in-place') expect(onOld).toBe(there);
    }));

  test('shows every file that a command of it names and nobody has', () =>
    law((steps) => {
      const files = new Set(steps.flatMap(({ files: made = [] }) => made.map(({ name }) => name)));
      const named = steps.flatMap(({ commands }) =>
        commands.flatMap((line) =>
          [...line.matchAll(/(?:--env-file|sh|-f) ([\w.-]+\.(?:env|sh|yaml))/g)].map(([, name]) => name!),
        ),
      );
      // The values of the release are there already.
      const values = named.filter(
        (name) => !/^values(-[a-z-]+)?\.yaml$/.test(name) || /^values-(copy|now|\d)/.test(name),
      );
      expect(values.filter((name) => !files.has(name))).toEqual([]);
    }));

  test('writes YAML that is YAML', () =>
    law((steps) => {
      for (const { files = [] } of steps) {
        for (const { name, content } of files) {
          if (name.endsWith('.yaml')) expect([name, typeof load(content)]).toEqual([name, 'object']);
        }
      }
    }));

  test('holds no secret and no place of whoever wrote it', () =>
    law((steps) => {
      const text = JSON.stringify(steps);
      expect(text).not.toMatch(/\/work\/|\/root\/|AKIA|BEGIN [A-Z ]*PRIVATE KEY/);
      expect(text).not.toMatch(/(password|token|secret)=(?!\$)[^\s"'\\]/i);
    }));

  test('ends every command in the form of one line', () =>
    law((steps) => {
      for (const { commands } of steps) for (const line of commands) expect(line).toMatch(/^\S[^\n]*\S$/);
    }));

  test('has command lines and scripts that a shell can read', () => {
    const lines = new Set<string>();
    law((steps) => {
      for (const { commands, files = [] } of steps) {
        for (const line of commands) lines.add(line);
        for (const { name, content } of files) if (name.endsWith('.sh')) lines.add(content);
      }
    });
    expect(lines.size).toBeGreaterThan(100);
    // One at a time would take long; an unclosed quote anywhere spoils the whole.
    const { status, stderr } = spawnSync('bash', ['-n'], { input: [...lines].join('\n'), encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  test('says the same twice', () =>
    law((steps, _, input) => {
      expect(upgradePlan(input, { asOf: AS_OF }).runbook).toEqual(steps);
    }));
});

describe('every command line of this project in a runbook', () => {
  /** The real program; nothing is executed. */
  function parse(line: string): void {
    const root = program(
      () => {
        throw new Error('nothing is executed here');
      },
      () => undefined,
    );
    const quiet = (command: Command): void => {
      command
        .exitOverride()
        .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
        .action(() => undefined);
      command.commands.forEach(quiet);
    };
    root.commands.forEach(quiet);
    root.parse(words(line), { from: 'user' });
  }

  const words = (line: string): string[] =>
    [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!).slice(1);

  const inText = /`(kong-dual-cluster [^`]+)`/g;

  test('is one that the program takes', () => {
    const lines = new Set<string>();
    law((steps) => {
      for (const { commands, undo, check, expected } of steps) {
        for (const line of commands) if (line.startsWith('kong-dual-cluster ')) lines.add(line);
        for (const text of [undo, check, expected]) for (const [, line] of text.matchAll(inText)) lines.add(line!);
      }
    });
    expect(lines.size).toBeGreaterThan(15);
    const refused = [...lines].flatMap((line) => {
      try {
        parse(line);
        return [];
      } catch (error) {
        return [`${line}: ${error instanceof CommanderError ? error.message : String(error)}`];
      }
    });
    expect(refused).toEqual([]);
  });

  test.each([
    'kong-dual-cluster shift begin',
    'kong-dual-cluster teardown --slot red',
    'kong-dual-cluster plan --nonsense',
  ])('would be noticed otherwise: %s', (line) => expect(() => parse(line)).toThrow(CommanderError));
});
