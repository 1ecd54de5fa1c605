import jsonata from 'jsonata';
import type { AslDefinition, AslState } from '../../../lib/traffic/asl';

/** An error as Step Functions names it; handlers throw it. */
export class StatesError extends Error {
  constructor(
    readonly error: string,
    cause: string,
  ) {
    super(cause);
  }
}

export interface TaskCall {
  readonly state: string;
  readonly resource: string;
  readonly args: any;
  /** Seconds; only a task that waits for a token needs it. */
  readonly timeoutSeconds: number | undefined;
}

export interface AslWorld {
  readonly executionArn: string;
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  task(call: TaskCall): Promise<unknown>;
  /** Asked before every state; throws to end the execution as StopExecution does. */
  entering?(state: string): void;
}

export interface AslEnd {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output?: any;
  readonly error?: string;
  readonly cause?: string;
  /** Entries that AWS would have written to the history; see EVENTS. */
  readonly events: number;
  /** Outputs of tasks and Pass states, in order. */
  readonly outputs: readonly { readonly state: string; readonly at: number; readonly output: any }[];
  readonly visited: readonly string[];
}

/**
 * The part of the Amazon States Language that our machines use, in virtual time: Pass, Task, Choice, Wait, Map (inline, one
 * after the other), Succeed, Fail; JSONata with $states, variables, Assign, Output; Retry and Catch. What it models, by the
 * documents "Transforming data with JSONata in Step Functions", "Passing data between states with variables" and "Handling
 * errors in Step Functions workflows":
 * - an expression without a value is States.QueryEvaluationError, which Retry and Catch of a Task or Map may meet
 * - Assign sees the variables from before it; all assignments of a state happen at once
 * - the first retrier that names the error counts, until its attempts are used up; then the first catcher; States.ALL names
 *   every error
 * - what a Map assigns inside stays inside
 * - $parse is Step Functions' own; $millis and $now are the world's clock
 * Anything else a definition holds is an error here, so that nothing passes that was not run.
 */
export async function interpret(definition: AslDefinition, input: unknown, world: AslWorld): Promise<AslEnd> {
  const run = new Interpreter(world);
  try {
    const output = await run.states(definition.States, definition.StartAt, input, {});
    return { status: 'SUCCEEDED', output, ...run.told };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { status: 'FAILED', error: error.error, cause: error.message, ...run.told };
  }
}

type Variables = Record<string, unknown>;

/** History entries of a state: entered and exited; a task has scheduled, started and succeeded (or failed) between. */
const EVENTS: Readonly<Record<string, number>> = { Task: 5, Map: 4, Fail: 1 };

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  Pass: ['Assign', 'Output', 'Next', 'End'],
  Task: ['Resource', 'Arguments', 'Assign', 'Output', 'Next', 'End', 'Retry', 'Catch', 'TimeoutSeconds'],
  Choice: ['Choices', 'Default', 'Assign'],
  Wait: ['Seconds', 'Assign', 'Next', 'End'],
  Map: ['Items', 'MaxConcurrency', 'ItemProcessor', 'Assign', 'Output', 'Next', 'End', 'Retry', 'Catch'],
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
};

class Interpreter {
  readonly told: {
    events: number;
    outputs: { state: string; at: number; output: any }[];
    visited: string[];
  } = { events: 2, outputs: [], visited: [] };
  private tokens = 0;

  constructor(private readonly world: AslWorld) {}

  async states(
    states: Readonly<Record<string, AslState>>,
    start: string,
    input: unknown,
    outer: Variables,
  ): Promise<unknown> {
    const variables = { ...outer };
    let [name, data]: [string, unknown] = [start, input];
    for (;;) {
      const state = states[name];
      if (state === undefined) throw new Error(`no state ${name}`);
      this.world.entering?.(name);
      this.told.visited.push(name);
      this.told.events += EVENTS[state.Type] ?? 2;
      for (const field of Object.keys(state))
        if (field !== 'Type' && !KNOWN[state.Type]?.includes(field)) throw new Error(`${name}: no ${field} here`);
      const next = await this.state(name, state, data, variables);
      if (next.next === undefined) return next.output;
      [name, data] = [next.next, next.output];
    }
  }

  private async state(
    name: string,
    state: any,
    input: unknown,
    variables: Variables,
  ): Promise<{ next?: string; output: unknown }> {
    const base = { input, context: this.context(name) };
    const finish = async (part: any, states: object, fallback: unknown, next?: string) => {
      const output = part.Output === undefined ? fallback : await this.value(part.Output, states, variables);
      const assigned = await this.value(part.Assign ?? {}, states, variables);
      Object.assign(variables, assigned);
      // Of Choice and Wait the output is the input again.
      if (state.Type === 'Task' || state.Type === 'Pass')
        this.told.outputs.push({ state: name, at: this.world.now(), output });
      return { next, output };
    };
    const next = state.Next as string | undefined;
    switch (state.Type) {
      case 'Pass':
        return finish(state, base, input, next);
      case 'Succeed':
        return finish(state, base, input);
      case 'Fail':
        throw new StatesError(state.Error, await this.value(state.Cause, base, variables));
      case 'Wait': {
        const seconds = await this.value(state.Seconds, base, variables);
        if (!Number.isInteger(seconds) || seconds < 0) throw new Error(`${name}: waits ${JSON.stringify(seconds)} s`);
        await this.world.sleep(seconds * 1000);
        return finish(state, base, input, next);
      }
      case 'Choice': {
        for (const rule of state.Choices) {
          const condition = await this.value(rule.Condition, base, variables);
          if (typeof condition !== 'boolean') throw new Error(`${name}: no boolean ${JSON.stringify(condition)}`);
          if (condition) return finish(rule, base, input, rule.Next);
        }
        return finish(state, base, input, state.Default);
      }
      case 'Task':
      case 'Map':
        return this.retried(name, state, base, variables, finish);
      default:
        throw new Error(`${name}: no state of type ${state.Type} here`);
    }
  }

  private async retried(
    name: string,
    state: any,
    base: any,
    variables: Variables,
    finish: (
      part: any,
      states: object,
      fallback: unknown,
      next?: string,
    ) => Promise<{ next?: string; output: unknown }>,
  ): Promise<{ next?: string; output: unknown }> {
    const attempts = new Map<unknown, number>();
    for (;;) {
      try {
        const result = await this.act(name, state, base, variables);
        return await finish(state, { ...base, result }, result, state.Next);
      } catch (error) {
        if (!(error instanceof StatesError)) throw error;
        const names = ({ ErrorEquals }: { ErrorEquals: string[] }) =>
          ErrorEquals.some((one) => one === error.error || one === 'States.ALL');
        const retrier = (state.Retry ?? []).find(names);
        const done = attempts.get(retrier) ?? 0;
        if (retrier && done < (retrier.MaxAttempts ?? 3)) {
          attempts.set(retrier, done + 1);
          this.told.events += 3;
          const seconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** done;
          await this.world.sleep(Math.min(seconds, retrier.MaxDelaySeconds ?? Infinity) * 1000);
          continue;
        }
        const catcher = (state.Catch ?? []).find(names);
        if (!catcher) throw error;
        const errorOutput = { Error: error.error, Cause: error.message };
        return finish(catcher, { ...base, errorOutput }, errorOutput, catcher.Next);
      }
    }
  }

  private async act(name: string, state: any, base: any, variables: Variables): Promise<unknown> {
    if (state.Type === 'Task') {
      const timeoutSeconds = state.TimeoutSeconds && (await this.value(state.TimeoutSeconds, base, variables));
      const args = await this.value(state.Arguments, base, variables);
      return this.world.task({ state: name, resource: state.Resource, args, timeoutSeconds });
    }
    const items = await this.value(state.Items, base, variables);
    if (!Array.isArray(items)) throw new StatesError('States.Runtime', `${name}: Items is no list`);
    const results: unknown[] = [];
    for (const item of items)
      results.push(
        await this.states(state.ItemProcessor.States, state.ItemProcessor.StartAt, item, variables).finally(
          () => (this.told.events += 3),
        ),
      );
    return results;
  }

  private context(name: string) {
    return {
      Execution: { Id: this.world.executionArn },
      State: { Name: name },
      Task: { Token: `token-${(this.tokens += 1)}` },
    };
  }

  private async value(template: any, states: object, variables: Variables): Promise<any> {
    if (Array.isArray(template)) return Promise.all(template.map((each) => this.value(each, states, variables)));
    if (typeof template === 'object' && template !== null) {
      const entries = Object.entries(template).map(async ([key, each]) => [
        key,
        await this.value(each, states, variables),
      ]);
      return Object.fromEntries(await Promise.all(entries));
    }
    if (typeof template !== 'string' || !template.startsWith('{%')) return template;
    return this.evaluate(template.slice(2, -2).trim(), states, variables);
  }

  private async evaluate(text: string, states: object, variables: Variables): Promise<unknown> {
    const expression = parsed(text);
    const now = this.world.now();
    let result: unknown;
    try {
      result = await expression.evaluate(undefined, {
        ...structuredClone(variables),
        states: structuredClone(states),
        millis: () => now,
        now: () => new Date(now).toISOString(),
        parse: (json: string) => JSON.parse(json),
      });
    } catch (error) {
      throw new StatesError('States.QueryEvaluationError', `${(error as Error).message} in ${text}`);
    }
    if (result === undefined) throw new StatesError('States.QueryEvaluationError', `no value: ${text}`);
    return JSON.parse(JSON.stringify(result));
  }
}

const cache = new Map<string, jsonata.Expression>();
function parsed(text: string): jsonata.Expression {
  let expression = cache.get(text);
  if (expression === undefined) cache.set(text, (expression = jsonata(text)));
  return expression;
}
