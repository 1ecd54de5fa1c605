import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { BigIp } from '../../../../lib/routers/f5/big-ip';
import { openF5 } from '../../../../lib/routers/f5/open-f5';
import { FakeBigIp } from '../../../real/routers/fake-big-ip';
import { declarationOf, settingsOf } from './rig';

const PATH = '/mgmt/tm/cm/failover-status';
let unit: FakeBigIp;
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Error,
  );

describe('the management API', () => {
  beforeEach(async () => {
    unit = await new FakeBigIp().start();
  });
  afterEach(() => unit.stop());
  const client = (password = unit.user.password, timeout = 2000): BigIp =>
    new BigIp({ url: unit.url, credentials: () => Promise.resolve({ ...unit.user, password }), timeout });

  test('logs in once, and again when the token has ended', async () => {
    const api = client();
    await api.ask('GET', PATH);
    await api.ask('GET', PATH);
    expect(unit.logins).toBe(1);
    unit.tokens.clear();
    expect((await api.ask('GET', PATH)).status).toBe(200);
    expect(unit.logins).toBe(2);
  });

  test('a wrong password is told without it, and without what the unit said', async () => {
    const error = await failure(client('guessed and wrong').ask('GET', PATH));
    expect(error).toMatchObject({ code: 'ROUTER_DENIED', found: '401' });
    expect(error.message).not.toMatch(/guessed|Authentication failed|correct horse/);
  });

  test('a user and password in the URL are neither sent nor told', async () => {
    const { host } = new URL(unit.url);
    const settings = { ...settingsOf(unit), url: `http://ops:hunter2@${host}` };
    const told: Error[] = [];
    for (const password of ['wrong', unit.user.password])
      told.push(
        await failure(
          (await openF5(settings, () => Promise.resolve(JSON.stringify({ username: 'shifter', password })))).read(),
        ),
      );
    unit.failover = 'STANDBY';
    told.push(await failure((await openF5(settings, () => Promise.resolve(JSON.stringify(unit.user)))).read()));
    await unit.stop();
    told.push(await failure((await openF5(settings, () => Promise.resolve(JSON.stringify(unit.user)))).read()));
    expect(told.map(({ message }) => message.includes(host))).toEqual([true, false, true, true]);
    expect(told.map(String).join()).not.toMatch(/hunter2|ops:/);
    expect(unit.authorizations).toEqual([]);
    await unit.start();
  });

  test('a unit that is not there is passing for the runner', async () => {
    const api = client();
    await unit.stop();
    expect(await failure(api.ask('GET', PATH))).toMatchObject({ name: 'ServiceUnavailable' });
    await unit.start();
  });

  test('credentials come from JSON; anything else is refused without its text', async () => {
    unit.change((declaration) => Object.assign(declaration, declarationOf(settingsOf(unit))));
    const good = await openF5(settingsOf(unit), () => Promise.resolve(JSON.stringify(unit.user)));
    expect((await good.read()).places).toHaveLength(1);
    const bad = await openF5(settingsOf(unit), () => Promise.resolve('admin:hunter2'));
    const error = await failure(bad.read());
    expect(error).toMatchObject({ code: 'ROUTER_SECRET_EMPTY' });
    expect(error.message).not.toContain('hunter2');
  });
});

describe('TLS', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'big-ip-'));
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'big-ip' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    writeFileSync(join(folder, 'cert.pem'), cert);
    unit = await new FakeBigIp().start({ key, cert });
    unit.change((declaration) => Object.assign(declaration, declarationOf(settingsOf(unit))));
  }, 30_000);
  afterAll(async () => {
    await unit?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const read = async (more: { caFile?: string }): Promise<unknown> =>
    (await openF5({ ...settingsOf(unit), ...more }, () => Promise.resolve(JSON.stringify(unit.user)))).read();

  test('a certificate that no known authority signed is refused, and the password is not sent', async () => {
    const error = await failure(read({}));
    expect(error).toMatchObject({ code: 'ROUTER_UNTRUSTED', remedy: expect.stringContaining('caFile') as string });
    expect(unit.logins).toBe(0);
  });

  test('with the authority of the settings it is trusted', async () => {
    await expect(read({ caFile: join(folder, 'cert.pem') })).resolves.toMatchObject({ router: 'f5' });
  });

  test('an authority that cannot be read is told with its path', async () => {
    const error = await failure(read({ caFile: join(folder, 'nothing.pem') }));
    expect(error).toMatchObject({ code: 'ROUTER_UNTRUSTED', found: expect.stringContaining('nothing.pem') as string });
  });
});
