import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NGINX_SCALE, slotFile } from '../../../lib/routers/nginx/slot-file';
import { weightsFor } from '../../../lib/traffic/weights';
import { nginxIsHere } from './nginx-nodes';

const EXAMPLE = join(__dirname, '../../../examples/nginx');
const NAMES = { key: '$request_id', variable: 'kong_slot', upstreams: { blue: 'kong_blue', green: 'kong_green' } };

(nginxIsHere ? describe : describe.skip)(
  nginxIsHere ? 'the example of nginx' : 'nginx is not on this machine (apt-get install nginx)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'kong-nginx-example-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const nginxTest = () =>
      spawnSync(
        'nginx',
        ['-t', '-q', '-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')],
        {
          encoding: 'utf8',
          env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
        },
      );

    beforeAll(() => {
      mkdirSync(join(folder, 'log'));
      const conf = readFileSync(join(EXAMPLE, 'nginx.conf'), 'utf8')
        .replaceAll('/etc/nginx/', `${folder}/`)
        .replaceAll('/var/log/nginx/', `${folder}/log/`)
        .replace('/run/nginx.pid', join(folder, 'pid'))
        .replace('listen 80;', 'listen 127.9.7.250:18699;');
      writeFileSync(join(folder, 'nginx.conf'), conf);
    });

    test('real nginx takes it as it is', () => {
      copyFileSync(join(EXAMPLE, 'kong-slot.conf'), join(folder, 'kong-slot.conf'));
      const { status, stderr } = nginxTest();
      expect([status, stderr]).toEqual([0, '']);
    });

    test.each([0, 0.0001, 0.05, 1 / 3, 0.5, 0.995, 0.9999, 1])(
      'real nginx takes the file at a share of %p',
      (share) => {
        writeFileSync(join(folder, 'kong-slot.conf'), slotFile(weightsFor(share, 'green', NGINX_SCALE), NAMES));
        const { status, stderr } = nginxTest();
        expect([status, stderr]).toEqual([0, '']);
      },
    );

    test.each(['0%', '0.00%', '0.001%', '100.01%'])('and refuses %s, which is never written', (percent) => {
      writeFileSync(
        join(folder, 'kong-slot.conf'),
        `split_clients "$request_id" $kong_slot { ${percent} kong_green; * kong_blue; }`,
      );
      expect(nginxTest().stderr).toMatch(/invalid percent value|percent total is greater/);
    });
  },
);
