import { parseArguments } from '../../../../local/kong/main';
import { parseListen, readSettings } from '../../../../local/kong/settings';

test('given a listen value with options, every address is read', () => {
  expect(parseListen('KONG_PROXY_LISTEN', '127.1.0.5:8000 reuseport backlog=16384, 127.1.0.5:8443 http2 ssl')).toEqual([
    { address: '127.1.0.5', port: 8000, ssl: false },
    { address: '127.1.0.5', port: 8443, ssl: true },
  ]);
});

test('given off, nothing is listened on', () => {
  expect(readSettings('3.4.2', { KONG_ADMIN_LISTEN: 'off' }).listeners.admin).toEqual([]);
});

test.each(['0.0.0.0:8000', '10.0.0.1:8000', '[::]:8000'])('given %s, it is refused: loopback only', (value) => {
  expect(() => parseListen('KONG_PROXY_LISTEN', value)).toThrow(/loopback addresses only, found/);
});

test('given the arguments of a migration, release, words and options are told apart', () => {
  const { release, words, options } = parseArguments([
    '--kong-version',
    '2.8.5',
    'migrations',
    'up',
    '--lock-timeout',
    '5',
    '-f',
    '-q',
  ]);
  expect({ release, words }).toEqual({ release: '2.8.5', words: ['migrations', 'up'] });
  expect(options).toMatchObject({ lockTimeout: 5, force: true, yes: false });
});

test('given a configuration file that is not there, Kong’s words are used', () => {
  expect(() => parseArguments(['migrations', 'list', '-c', '/nonexistent.conf'])).toThrow(
    'no file at: /nonexistent.conf',
  );
});
