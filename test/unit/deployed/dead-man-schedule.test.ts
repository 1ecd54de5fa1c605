import { ConflictException, ResourceNotFoundException } from '@aws-sdk/client-scheduler';
import { DeadManSchedule } from '../../../lib/deployed/dead-man-schedule';

/** EventBridge Scheduler with one schedule (API reference: Create, Update, Get, DeleteSchedule). */
class FakeScheduler {
  schedule: Record<string, unknown> | undefined;
  readonly calls: string[] = [];
  config = { systemClockOffset: 0 };
  /** Does what the next CreateSchedule asks and loses the answer, so that the SDK asks again. */
  losesAnswer = false;

  readonly send = async ({ constructor, input }: { constructor: { name: string }; input: Record<string, unknown> }) => {
    await Promise.resolve();
    const operation = constructor.name.replace('Command', '');
    this.calls.push(operation);
    const missing = new ResourceNotFoundException({ message: '', Message: '', $metadata: {} });
    if (operation === 'CreateSchedule') {
      const taken = this.schedule !== undefined || this.losesAnswer;
      this.schedule ??= input;
      if (taken) throw new ConflictException({ message: '', Message: '', $metadata: {} });
      return {};
    }
    if (this.schedule === undefined) throw missing;
    if (operation === 'GetSchedule') return this.schedule;
    this.schedule = operation === 'UpdateSchedule' ? input : undefined;
    return {};
  };
}
const timer = (scheduler: FakeScheduler): DeadManSchedule =>
  new DeadManSchedule(scheduler as never, 'kong', { machineArn: 'arn:machine', roleArn: 'arn:role' });
const FIRE = { run: 'r1', why: 'no sign of life', at: new Date('2026-11-21T20:45:00.400Z') };

test('it is made once, then moved: one-time, exact, gone when it has fired, with the run as its input', async () => {
  const scheduler = new FakeScheduler();
  await timer(scheduler).arm(FIRE);
  expect(scheduler.schedule).toMatchObject({
    Name: 'kong-dead-man',
    ScheduleExpression: 'at(2026-11-21T20:45:00)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: { Arn: 'arn:machine', RoleArn: 'arn:role', Input: '{"run":"r1","why":"no sign of life"}' },
  });
  await timer(scheduler).arm({ ...FIRE, at: new Date('2026-11-21T20:46:00Z') });
  expect(await timer(scheduler).read()).toEqual({ run: 'r1', at: '2026-11-21T20:46:00Z' });
  expect(scheduler.calls).toEqual(['UpdateSchedule', 'CreateSchedule', 'UpdateSchedule', 'GetSchedule']);
});

test('an answer that was lost when it was made is no failure', async () => {
  const scheduler = new FakeScheduler();
  scheduler.losesAnswer = true;
  await timer(scheduler).arm(FIRE);
  expect(scheduler.calls).toEqual(['UpdateSchedule', 'CreateSchedule', 'UpdateSchedule']);
});

test('its time is that of AWS where the clock of this machine is wrong', async () => {
  const scheduler = new FakeScheduler();
  scheduler.config.systemClockOffset = 20 * 60_000;
  await timer(scheduler).arm(FIRE);
  expect(scheduler.schedule?.ScheduleExpression).toBe('at(2026-11-21T21:05:00)');
});

test('taking it away twice does no harm, and there is none then', async () => {
  const scheduler = new FakeScheduler();
  await timer(scheduler).arm(FIRE);
  await timer(scheduler).disarm();
  await timer(scheduler).disarm();
  expect(await timer(scheduler).read()).toBeUndefined();
});

test('an edge of an earlier version has nothing that it could start', async () => {
  const without = new DeadManSchedule(new FakeScheduler() as never, 'kong');
  expect(without.isPossible).toBe(false);
  await expect(without.arm(FIRE)).rejects.toThrow('no rollback machine');
});
