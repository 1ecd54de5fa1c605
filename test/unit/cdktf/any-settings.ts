import fc from 'fast-check';
import type { Lock, LockedSource, SettingsInput } from '../../../lib/settings/schema';
import type { Slot } from '../../../lib/traffic/weights';
import { SNAPSHOT } from '../blueprint/settings-of';
import type { SlotInput } from '../blueprint/settings-of';

/** Any settings that a person may write, with the lock that belongs to them: every key, and the ends of every range. */
export interface AnySettings {
  readonly settings: SettingsInput;
  readonly lock: Lock;
}

type EdgeInput = NonNullable<SettingsInput['edge']>;
type Adopted = NonNullable<EdgeInput['adopted']>;
type Rule = Adopted['rules'][number];

const [ACCOUNT, REGION] = ['123456789012', 'eu-central-1'];
const TRAPS = [
  '',
  ' ',
  '${',
  '%{',
  '$${',
  '$',
  '$$',
  '${aws_lb.x.arn}',
  '%{ if true }',
  '"',
  '\\',
  '\\"',
  '\\${',
  '\n',
  '\t',
  '\u0000',
  '\u2028',
  'ä€🦍',
  '}',
  '{{resolve:ssm:x}}',
  '*?',
  '#{x}',
  ',',
];
/** Text that something between here and AWS may take for its own. */
const text = fc
  .array(fc.oneof(fc.constantFrom(...TRAPS), fc.string({ maxLength: 5 })), { maxLength: 5 })
  .map((parts) => parts.join(''));
const word = fc.oneof(text, fc.constantFrom('kong', 'a-b_c.d'));
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

const name = fc.oneof(
  oneOf('k', 'k'.repeat(30), 'a-0-b-1', 'kong', 'edge', 'x-edge', 'x-blue'),
  fc.stringMatching(/^[a-z][a-z0-9]{0,14}$/),
);
const octet = fc.nat(255);
const cidrOf = (prefix: fc.Arbitrary<number>) =>
  fc.tuple(octet, octet, octet, octet, prefix).map(([a, b, c, d, p]) => `${a}.${b}.${c}.${d}/${p}`);
const cidr = fc.oneof(
  cidrOf(fc.integer({ min: 0, max: 32 })),
  oneOf('0.0.0.0/0', '10.0.0.1/8', '10.0.0.0/8', '255.255.255.255/32'),
);
const arn = (service: string, rest: fc.Arbitrary<string>) =>
  fc
    .tuple(oneOf('aws', 'aws-cn', 'aws-us-gov'), rest)
    .map(([partition, end]) => `arn:${partition}:${service}:${REGION}:${ACCOUNT}:${end}`);
const hex = fc.stringMatching(/^[0-9a-f]{16}$/);
const secretArn = arn(
  'secretsmanager',
  fc.oneof(
    oneOf('secret:kong-AbCdEf', 'secret:kong'),
    text.map((t) => `secret:${t}-AbCdEf`),
  ),
);
const secretRef = fc.record({ secretArn, field: word }, { requiredKeys: ['secretArn'] });

const existingNetwork: fc.Arbitrary<SettingsInput['network']> = fc
  .record({
    vpcId: hex.map((id) => `vpc-${id}`),
    cidr,
    availabilityZones: fc
      .integer({ min: 2, max: 6 })
      .map((n) => [...'abcdef'].slice(0, n).map((zone) => `${REGION}${zone}`)),
    publicSubnetIds: subnets(2),
    nodeSubnetIds: subnets(2),
    databaseSubnetIds: subnets(2),
  })
  .map((existing) => ({ existing }));
const network: fc.Arbitrary<SettingsInput['network']> = fc.oneof(
  fc
    .record(
      { cidr: cidrOf(fc.integer({ min: 16, max: 20 })), natGateways: fc.integer({ min: 1, max: 3 }) },
      { requiredKeys: [] },
    )
    .map((create) => ({ create })),
  existingNetwork,
);
function subnets(min: number) {
  return fc.uniqueArray(fc.stringMatching(/^subnet-[0-9a-f]{16}$/), { minLength: min, maxLength: 6 });
}

const values = (value: fc.Arbitrary<string> = word) => fc.array(value, { minLength: 1, maxLength: 3 });
const CONDITIONS: fc.Arbitrary<Record<string, unknown>>[] = [
  ...(['host-header', 'path-pattern'] as const).flatMap((Field) =>
    ['Values', 'RegexValues'].map((key) =>
      values().map((v) => ({
        Field,
        [Field === 'host-header' ? 'HostHeaderConfig' : 'PathPatternConfig']: { [key]: v },
      })),
    ),
  ),
  fc
    .tuple(word, values())
    .map(([HttpHeaderName, Values]) => ({ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName, Values } })),
  fc.tuple(word, values()).map(([HttpHeaderName, RegexValues]) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName, RegexValues },
  })),
  values(oneOf('GET', 'POST', 'X-Y')).map((Values) => ({
    Field: 'http-request-method',
    HttpRequestMethodConfig: { Values },
  })),
  values(cidr).map((Values) => ({ Field: 'source-ip', SourceIpConfig: { Values } })),
  fc
    .array(fc.record({ Key: word, Value: word }, { requiredKeys: ['Value'] }), { minLength: 1, maxLength: 2 })
    .map((Values) => ({ Field: 'query-string', QueryStringConfig: { Values } })),
];
const login = {
  SessionCookieName: word,
  Scope: word,
  SessionTimeout: fc.integer({ min: 1, max: 604800 }),
  AuthenticationRequestExtraParams: fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true }),
  OnUnauthenticatedRequest: oneOf('deny', 'allow', 'authenticate'),
};
const oidc = fc
  .record(
    {
      Issuer: word,
      AuthorizationEndpoint: word,
      TokenEndpoint: word,
      UserInfoEndpoint: word,
      ClientId: word,
      UseExistingClientSecret: fc.constant(true),
      ...login,
    },
    { requiredKeys: ['Issuer', 'AuthorizationEndpoint', 'TokenEndpoint', 'UserInfoEndpoint', 'ClientId'] },
  )
  .map((config) => ({ Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: config }));
const cognito = fc
  .record(
    {
      UserPoolArn: arn(
        'cognito-idp',
        word.map((w) => `userpool/${w}`),
      ),
      UserPoolClientId: word,
      UserPoolDomain: word,
      ...login,
    },
    { requiredKeys: ['UserPoolArn', 'UserPoolClientId', 'UserPoolDomain'] },
  )
  .map((config) => ({ Type: 'authenticate-cognito', Order: 1, AuthenticateCognitoConfig: config }));
const jwt = fc
  .record(
    {
      JwksEndpoint: word,
      Issuer: word,
      AdditionalClaims: fc.array(fc.record({ Format: oneOf('single-string'), Name: word, Values: values() }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: ['JwksEndpoint', 'Issuer'] },
  )
  .map((config) => ({ Type: 'jwt-validation', JwtValidationConfig: config }));

const adopted = (tester: boolean): fc.Arbitrary<Adopted> =>
  fc.array(rule(tester), { minLength: 1, maxLength: 30 }).chain((rules) =>
    fc.record({
      loadBalancerArn: arn(
        'elasticloadbalancing',
        hex.map((id) => `loadbalancer/app/old/${id}`),
      ),
      dnsName: word,
      securityGroupIds: fc.uniqueArray(
        hex.map((id) => `sg-${id}`),
        { minLength: 1, maxLength: 5 },
      ),
      targetGroups: fc.record({ blue: targetGroup, green: targetGroup }, { requiredKeys: [] }),
      rules: fc.constant(rules.map((each, index) => placed(each, index))),
    }),
  );
const targetGroup = arn(
  'elasticloadbalancing',
  hex.map((id) => `targetgroup/old/${id}`),
);

/** Each on a listener of one load balancer, above a rule of its own. */
function placed(each: Rule, index: number): Rule {
  const listener = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:listener/app/old/50dc6c495c0c9188/${each.listenerPort}`;
  return {
    ...each,
    listenerArn: listener,
    above:
      index === 0 ? 'default' : `${listener.replace('listener/', 'listener-rule/')}/${String(index).padStart(16, '0')}`,
    priority: 10 + 3 * index,
    ...(each.testerPriorities && { testerPriorities: { blue: 11 + 3 * index, green: 12 + 3 * index } }),
  };
}

function rule(tester: boolean): fc.Arbitrary<Rule> {
  // A rule has five condition values at most, and a tester's needs one of them.
  const conditions = fc.uniqueArray(fc.oneof(...CONDITIONS), {
    minLength: 1,
    maxLength: tester ? 1 : 5,
    selector: ({ Field }) => Field,
  });
  return fc
    .record(
      {
        listenerArn: fc.constant(''),
        listenerPort: oneOf(80, 443, 65535),
        above: fc.constant(''),
        priority: fc.constant(1),
        testerPriorities: fc.constant({ blue: 1, green: 1 }),
        conditions,
        actionsBefore: fc.oneof(
          fc.constant<Record<string, unknown>[]>([]),
          fc.tuple(fc.oneof(oidc, cognito, jwt)).map((actions) => actions as Record<string, unknown>[]),
        ),
        oidcClientSecret: secretRef,
        stickinessSeconds: oneOf(1, 604800),
      },
      { requiredKeys: ['listenerArn', 'listenerPort', 'above', 'priority', 'conditions', 'actionsBefore'] },
    )
    .map((made): Rule => {
      const needs = (made.actionsBefore as { Type?: string }[] | undefined)?.some(
        ({ Type }) => Type === 'authenticate-oidc',
      );
      return needs && made.oidcClientSecret === undefined
        ? { ...made, oidcClientSecret: { secretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:x-AbCdEf` } }
        : made;
    });
}

const loadBalancer = fc.record(
  {
    scheme: oneOf('internet-facing' as const, 'internal' as const),
    allowedCidrs: fc.array(cidr, { maxLength: 6 }),
    deletionProtection: fc.boolean(),
    idleTimeoutSeconds: oneOf(1, 60, 4000),
    accessLogsBucket: oneOf('logs', 'a.b-c'),
  },
  { requiredKeys: [] },
);
const admin = fc.record(
  {
    allowedCidrs: fc.array(cidr, { maxLength: 4 }),
    port: oneOf(1, 80, 443, 8001, 65535),
    certificateArn: arn(
      'acm',
      word.map((w) => `certificate/${w}`),
    ),
  },
  { requiredKeys: [] },
);
const testerHeader = fc.record(
  { name: oneOf('X-Kong-Tester', 'a', 'A'.repeat(40)), secretArn, sourceCidrs: fc.array(cidr, { maxLength: 3 }) },
  { requiredKeys: [] },
);
const edgeCommon = {
  loadBalancer: some(loadBalancer),
  admin: some(admin),
  stickinessSeconds: some(oneOf(1, 60, 604800)),
  drainSeconds: some(oneOf(0, 30, 110)),
  alarms: some(
    fc.record(
      {
        topicArn: arn(
          'sns',
          word.map((w) => `x${w}`),
        ),
        errorShare: oneOf(Number.MIN_VALUE, 0.01, 1),
        p99Seconds: oneOf(1e-9, 2, 1e9),
      },
      { requiredKeys: [] },
    ),
  ),
};
const without = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

const ownEdge = fc
  .record({
    ...edgeCommon,
    http: some(oneOf('forward' as const, 'redirect' as const, 'off' as const)),
    https: some(
      fc.record(
        {
          certificateArn: arn(
            'acm',
            word.map((w) => `certificate/${w}`),
          ),
          sslPolicy: word,
        },
        { requiredKeys: ['certificateArn'] },
      ),
    ),
    testerHeader: some(testerHeader),
  })
  .map((edge) => without(edge) as EdgeInput);
const adoptedEdge = some(testerHeader).chain((header) =>
  fc
    .record({ ...edgeCommon, adopted: adopted(header !== undefined), testerHeader: fc.constant(header) })
    .map((edge) => without(edge) as EdgeInput),
);

const image = fc.oneof(
  oneOf(
    'kong:2.8',
    `kong@sha256:${'0123456789abcdef'.repeat(4)}`,
    `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/team/kong:3.4`,
    `${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/kong@sha256:${'0'.repeat(64)}`,
    `${ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com/kong`,
    'registry.example:5000/a/b/c:x_y',
  ),
  word,
);
const variable = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/).map((key) => `KONG_X_${key}`);
const SIZES: [256 | 512 | 1024 | 2048 | 4096 | 8192 | 16384, number][] = [
  [256, 512],
  [1024, 2048],
  [16384, 122880],
];
const size = fc
  .record({ at: oneOf(...SIZES), count: oneOf(1, 2, 1000) })
  .map(({ at: [cpu, memoryMib], count }) => ({ cpu, memoryMib, count, max: 1000 }));
const databaseSize = {
  instanceClass: oneOf('db.t4g.medium', 'db.r8gd.48xlarge', 'db.${x}'),
  multiAz: fc.boolean(),
};
const storage: fc.Arbitrary<object> = oneOf<object>(
  {},
  { storageType: 'io2', iops: 64000, allocatedStorageGib: 65536 },
  { storageType: 'gp3', iops: 12000, allocatedStorageGib: 400 },
  { storageType: 'gp2', allocatedStorageGib: 20 },
);
const newDatastore = fc
  .tuple(
    fc.record(
      {
        ...databaseSize,
        engineVersion: oneOf('15', '15.18', '9.6', '17.2', '18'),
        databaseName: word,
        username: word.map((w) => `k${w}`),
      },
      { requiredKeys: [] },
    ),
    storage,
  )
  .map(([more, disk]) => ({ new: { ...more, ...disk } }));
const existingDatastore = fc
  .record(
    {
      identifier: word,
      host: word,
      port: oneOf(1, 5432, 65535),
      databaseName: word,
      username: word,
      password: secretRef,
      securityGroupId: hex.map((id) => `sg-${id}`),
      tls: fc.boolean(),
    },
    { requiredKeys: ['identifier', 'host', 'password', 'securityGroupId'] },
  )
  .map((existing) => ({ existing }));

const slotCommon = {
  size,
  environment: fc.dictionary(variable, text, { maxKeys: 12, noNullPrototype: true }),
  secrets: fc.dictionary(
    variable.map((key) => `${key}_S`),
    secretRef,
    { maxKeys: 12, noNullPrototype: true },
  ),
  migrations: oneOf('task' as const, 'manual' as const),
  logRetentionDays: oneOf(1 as const, 30 as const, 365 as const),
};
const slot = (
  version: string,
  datastore: fc.Arbitrary<SlotInput['datastore']>,
  stops: fc.Arbitrary<SlotInput['stops']>,
): fc.Arbitrary<SlotInput> =>
  fc
    .record(
      {
        version: fc.constant(version),
        datastore,
        stops,
        ...slotCommon,
        image,
        edition: oneOf('oss' as const, 'enterprise' as const),
      },
      { requiredKeys: ['version', 'datastore', 'stops'] },
    )
    .map((made) => without(made) as SlotInput);

const locked = fc.record({
  username: word,
  databaseName: word,
  encrypted: fc.boolean(),
  engineVersion: oneOf('15.18', '13', '9.6.24'),
  iops: oneOf(3000, 12000),
});
const { id: ID, arn: ARN, ...SOURCE } = SNAPSHOT;
const noStops = fc.constant(undefined);

/** Green from blue's data, in one step or by way of a stop. */
const restored = (system: string): fc.Arbitrary<{ slot: SlotInput; lock: Lock }> =>
  fc
    .record({
      source: locked,
      byTime: fc.boolean(),
      latest: fc.boolean(),
      byArn: fc.boolean(),
      farther: fc.boolean(),
      stopImage: some(image),
    })
    .chain(({ source, byTime, latest, byArn, farther, stopImage }) => {
      const data: LockedSource = { ...SOURCE, ...source, sourceIdentifier: `${system}-blue`, runningNodes: 1 };
      const lock: Lock = {
        lockVersion: 1,
        slots: { green: byTime ? { pointInTime: data } : { snapshot: { ...data, id: ID, arn: ARN } } },
      };
      const datastore = byTime
        ? { pointInTime: { time: latest ? 'latest' : SNAPSHOT.takenAt } }
        : { snapshot: { id: byArn ? ARN : ID } };
      const stops = farther ? [{ version: '3.4', ...(stopImage !== undefined && { image: stopImage }) }] : undefined;
      return slot(farther ? '3.10' : '3.4', fc.constant(datastore), fc.constant(stops)).map((green) => ({
        slot: farther ? { ...green, edition: 'enterprise' as const } : green,
        lock,
      }));
    });

const SMALLEST = {
  instanceClass: 'db.t4g.medium',
  storageType: 'gp2' as const,
  iops: undefined,
  allocatedStorageGib: 20,
};
const NO_LOCK: Lock = { lockVersion: 1, slots: {} };
const slots = (system: string): fc.Arbitrary<{ slots: Partial<Record<Slot, SlotInput>>; lock: Lock }> => {
  const blue = slot('2.8', fc.oneof(newDatastore, existingDatastore), noStops);
  const fresh = slot('3.4', fc.oneof(fc.constant({ new: {} }), existingDatastore), noStops).map((made) => ({
    slot: made,
    lock: NO_LOCK,
  }));
  return fc.tuple(blue, some(fc.oneof(fresh, restored(system)))).map(([made, green]) => ({
    slots: {
      // A green that is made or restored here may not be smaller than a blue that is.
      blue:
        green && 'new' in made.datastore && !('existing' in green.slot.datastore)
          ? { ...made, datastore: { new: { ...made.datastore.new, ...SMALLEST } } }
          : made,
      ...(green && {
        green: { ...green.slot, size: { cpu: 16384 as const, memoryMib: 122880, count: 1000, min: 1000, max: 1000 } },
      }),
    },
    lock: green?.lock ?? NO_LOCK,
  }));
};

/** May be refused: what is said of one part need not go with what is said of another. */
export const anySettings: fc.Arbitrary<AnySettings> = name.chain((system) =>
  fc
    .record({
      placed: fc.boolean(),
      world: fc.oneof(fc.tuple(network, ownEdge), fc.tuple(existingNetwork, adoptedEdge)),
      of: slots(system),
      weights: some(oneOf({ blue: 100, green: 0 }, { blue: 999, green: 999 }, { blue: 1, green: 0 })),
      terraform: fc.oneof(
        fc.constant({}),
        fc
          .record(
            { bucket: word, region: word, keyPrefix: fc.oneof(word, oneOf('/', '', 'a//b/', '../x')), kmsKeyId: word },
            { requiredKeys: ['bucket'] },
          )
          .map((s3) => ({ state: { s3 } })),
      ),
    })
    .map(({ placed: where, world: [net, edge], of, weights, terraform }) => ({
      settings: {
        name: system,
        ...(where && { account: ACCOUNT, region: REGION }),
        live: 'blue' as const,
        network: net,
        edge,
        slots: of.slots,
        ...(weights && { weightOwnership: 'template' as const, weights }),
        terraform,
      },
      lock: of.lock,
    })),
);
