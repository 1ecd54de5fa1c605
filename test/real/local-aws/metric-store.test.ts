import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, findPython } from '../../../local/world/places';

/** One datum, a jump of the machine's clock, another datum: what alarms see of the last seconds, and clients of now. */
const PROGRAM = `
import json, math, sys, time
sys.path.insert(0, sys.argv[1])
import metric_store
real, jump = time.time, float(sys.argv[2])
store, key = metric_store.Store(), metric_store.key_of("N", "m", {})
put = lambda: store.put(key, time.time(), 1, 1, 1, 1, {1.0: 1})
put()
time.sleep(1)
time.time = lambda: real() + jump
put()
second = math.floor(metric_store.steady_now())
of_alarms = store.latest(key, 1, second - 3, 5)
of_clients = store.by_timestamp(key, 1, time.time() - 5, time.time() + 5)
print(json.dumps([sum(data.count for data in found.values()) for found in (of_alarms, of_clients)]))
`;

test.each([
  [0, [2, 2]],
  [3600, [2, 1]],
  [-3600, [2, 1]],
])('when the clock jumps by %d s alarms miss nothing, and clients find what has their timestamps', (jump, expected) => {
  const output = execFileSync(findPython(), ['-B', '-c', PROGRAM, join(ROOT, 'local', 'aws'), String(jump)]);
  expect(JSON.parse(output.toString())).toEqual(expected);
});
