import type { Context } from '../../../lib/cli/context';
import { runShiftPause } from '../../../lib/cli/shift-pause';
import { DeployedSystem, here } from '../../../lib/cli/system';
import { FakeTable } from '../runner/fake-table';

afterEach(() => jest.restoreAllMocks());

const paused = (pid: number) => {
  const table = new FakeTable();
  const lock = { run: 'r', command: 'shift start', host: here.host, pid, doing: 'stage 1 of 2', beat: 0, fence: 1 };
  jest.spyOn(table, 'readLock').mockResolvedValue(lock as never);
  const ask = jest.spyOn(table, 'ask').mockResolvedValue(true);
  jest.spyOn(DeployedSystem, 'open').mockResolvedValue({ table, caller: 'arn' } as never);
  const result = runShiftPause({ print: () => undefined } as unknown as Context);
  return { result, ask };
};

describe('shift pause', () => {
  test('asks a runner that lives', async () => {
    const { result, ask } = paused(process.pid);
    expect([await result, ask.mock.calls.length]).toEqual([0, 1]);
  });

  test('says of a runner that is dead that nobody watches, and asks nothing', async () => {
    const { result, ask } = paused(2 ** 22 + 1);
    await expect(result).rejects.toMatchObject({
      code: 'SHIFT_NOT_RUNNING',
      found: expect.stringContaining('is dead') as unknown,
      remedy: expect.stringContaining('shift resume') as unknown,
    });
    expect(ask).not.toHaveBeenCalled();
  });
});
