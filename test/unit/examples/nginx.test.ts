import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slotFile } from '../../../lib/routers/nginx/slot-file';
import { loadSettings } from '../../../lib/settings/load';
import { allOn } from '../../../lib/traffic/weights';

const FOLDER = join(__dirname, '../../../examples/nginx');

test('the settings are valid, and the file beside them is the one that the runner would write', async () => {
  const { shift } = await loadSettings(join(FOLDER, 'dual-cluster.yaml'));
  if (!shift.router || !('nginx' in shift.router)) throw new Error('no nginx');
  const { nginx } = shift.router;
  expect(nginx).toMatchObject({ key: '$request_id', test: 'nginx -T', reload: 'nginx -s reload' });
  expect(nginx.nodes.map(({ name }) => name)).toEqual(['edge-1', 'edge-2']);
  expect(readFileSync(join(FOLDER, 'kong-slot.conf'), 'utf8')).toBe(slotFile(allOn('blue'), nginx));
  const conf = readFileSync(join(FOLDER, 'nginx.conf'), 'utf8');
  expect(conf).toContain(`include ${nginx.file};`);
  expect(conf).toContain(`proxy_pass http://$${nginx.variable};`);
});
