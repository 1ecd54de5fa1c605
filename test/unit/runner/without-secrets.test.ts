import { textWithoutSecrets, withoutSecrets } from '../../../lib/runner/without-secrets';

/** Put everywhere a person or a router might have put one; none of it may come out. */
const SECRETS = {
  password: 'hunter2-password',
  pair: 'bobs-password',
  query: 'query-secret',
  bearer: 'abcdefgh12345678',
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  environment: 'plain-env-value',
  shell: 'sshpass-argument',
  key: 'private-key-body',
};
const BUNDLE = {
  settings: {
    slots: { blue: { environment: { KONG_FOO: SECRETS.environment }, datastore: { password: SECRETS.password } } },
    shift: {
      router: { nginx: { nodes: [{ name: 'one', shell: ['sshpass', '-p', SECRETS.shell, 'ssh'] }] } },
      metrics: { prometheus: { blue: [`http://bob:${SECRETS.pair}@10.0.0.1:8100/metrics?token=${SECRETS.query}`] } },
      notify: { webhook: { secretArn: 'arn:aws:secretsmanager:x', field: 'url' } },
    },
  },
  journal: [
    { type: 'held', why: `401 from http://bob:${SECRETS.pair}@host/: Authorization: Bearer ${SECRETS.bearer}` },
    { type: 'conflict', found: `key ${SECRETS.accessKey} and ${SECRETS.jwt}` },
    { reading: { places: [{ verbatim: { clientSecret: SECRETS.password, kongAdminToken: SECRETS.query } }] } },
    { why: `-----BEGIN RSA PRIVATE KEY-----\n${SECRETS.key}\n-----END RSA PRIVATE KEY-----` },
  ],
};

describe('a bundle of evidence', () => {
  test('holds no secret, wherever one was put', () => {
    const text = JSON.stringify(withoutSecrets(BUNDLE));
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
  });

  test('keeps what is none: references, names, weights, numbers, the words of a reason', () => {
    const data = {
      secretArn: 'arn:aws:secretsmanager:eu-central-1:1:secret:x',
      webhook: { secretArn: 'arn', field: 'url' },
      weights: { blue: 75, green: 25 },
      stickySeconds: 60,
      environment: { KONG_FOO: 'x' },
      why: 'kong-green-5xx is in ALARM (3 of 5 points)',
      url: 'http://10.0.0.1:8100/metrics',
    };
    expect(withoutSecrets(data)).toEqual({ ...data, environment: { KONG_FOO: '[redacted]' } });
  });

  test('a text says the same afterwards but for the secret', () => {
    expect(textWithoutSecrets('GET https://bob:pw@host/a?b=1&api_key=k2 failed')).toBe(
      'GET https://[redacted]@host/a?b=1&api_key=[redacted] failed',
    );
  });
});
