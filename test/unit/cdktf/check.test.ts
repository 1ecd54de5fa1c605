import { problemsOf } from '../../../lib/cdktf/check';

const problems = (json: object, folders: string[] = []) =>
  problemsOf(json, { folders }).map(({ where, problem }) => `${where}: ${problem}`);

describe("what cannot be meant in a stack's cdk.tf.json", () => {
  test('a configuration whose references all lead to its own blocks is in order', () => {
    const json = {
      '//': { metadata: { cloud: '${nothing.here}' } },
      terraform: { backend: { local: { path: '/home/me/app/terraform.edge.tfstate' } }, required_version: '>= 1.11' },
      provider: { aws: [{ region: 'eu-central-1' }] },
      data: { aws_region: { here: {} } },
      ephemeral: { aws_secretsmanager_secret_version: { now: { secret_id: '${aws_secretsmanager_secret.s.id}' } } },
      locals: { zone: '${data.aws_region.here.region}a' },
      resource: {
        aws_secretsmanager_secret: { s: { name: 'kong' } },
        aws_db_instance: {
          d: {
            availability_zone: '${local.zone}',
            password_wo: '${ephemeral.aws_secretsmanager_secret_version.now.secret_string}',
            depends_on: ['aws_secretsmanager_secret.s', 'data.aws_region.here'],
            user_data: 'echo $${NAME}',
          },
        },
      },
      output: { Endpoint: { value: '${aws_db_instance.d.endpoint}' } },
      moved: [{ from: 'aws_db_instance.old', to: 'aws_db_instance.d' }],
    };
    expect(problems(json, ['/home/me/app'])).toEqual([]);
  });

  test.each([
    ['a text token', '${TfToken[TOKEN.3]}'],
    ['an escaped one', '$${TfToken[TOKEN.3]}'],
    ['a list token', '#{TfToken[TOKEN.3]}'],
    ['a number token', -1.8881545897087626e289],
  ])('%s that was not resolved', (_, value) => {
    expect(problems({ resource: { aws_lb: { edge: { name: value } } } })[0]).toBe(
      'resource.aws_lb.edge.name: a token of cdktf that was not resolved',
    );
  });

  test('a reference to what is not there, as an expression, as a key and as a dependency', () => {
    const json = {
      resource: {
        aws_lb: { edge: { subnets: ['${aws_subnet.a.id}'], tags: { '${var.x}': '' }, depends_on: ['aws_vpc.v'] } },
      },
    };
    expect(problems(json)).toEqual([
      'resource.aws_lb.edge.subnets[0]: a reference to nothing in this stack, aws_subnet.a.id',
      'resource.aws_lb.edge.tags.${var.x}: a reference to nothing in this stack, var.x',
      'resource.aws_lb.edge.depends_on[0]: a reference to nothing in this stack, aws_vpc.v',
    ]);
  });

  test('an expression that Terraform cannot read', () => {
    expect(problems({ output: { o: { value: '${jsonencode("q"u")}' } } })).toEqual([
      'output.o.value: an expression that Terraform cannot read, a string without an end: ${jsonencode("q"u")}',
    ]);
  });

  test('blocks that need each other', () => {
    const json = {
      resource: {
        aws_a: { one: { x: '${aws_b.two.id}' } },
        aws_b: { two: { depends_on: ['data.aws_c.three'] }, alone: { x: '${aws_a.one.id}' } },
      },
      data: { aws_c: { three: { x: ['${aws_a.one.id}'] } } },
    };
    expect(problems(json)).toEqual([
      'aws_a.one: it needs itself, aws_a.one -> aws_b.two -> data.aws_c.three -> aws_a.one',
    ]);
  });

  test('the state of another stack', () => {
    expect(problems({ data: { terraform_remote_state: { edge: { backend: 'local' } } } })).toEqual([
      'data.terraform_remote_state.edge: it reads the state of another stack',
    ]);
  });

  test.each<[string, object]>([
    ['a password', { aws_db_instance: { d: { password: 'open sesame' } } }],
    ["a secret's value", { aws_secretsmanager_secret_version: { v: { secret_string_wo: 'open sesame' } } }],
    [
      "a container's environment",
      {
        aws_ecs_task_definition: {
          t: { container_definitions: '[{"environment":[{"name":"KONG_PG_PASSWORD","value":"open sesame"}]}]' },
        },
      },
    ],
    ['a private key', { aws_ssm_parameter: { p: { value: '-----BEGIN RSA PRIVATE KEY-----' } } }],
  ])('%s in the clear, whose value is not repeated', (_, resource) => {
    expect(problems({ resource })).toEqual([expect.stringMatching(/^resource\..*: a secret in the clear$/)]);
  });

  test('secrets by reference are in order', () => {
    const environment = '[{"environment":[{"name":"KONG_PG_PASSWORD","value":"{vault://aws/kong/password}"}]}]';
    expect(problems({ resource: { aws_ecs_task_definition: { t: { container_definitions: environment } } } })).toEqual(
      [],
    );
  });

  test("a folder of this machine, but for the local state's", () => {
    const json = {
      terraform: { backend: { local: { path: '/home/me/app/terraform.tfstate' } } },
      resource: { aws_lambda_function: { f: { filename: '/home/me/app/assets/gates.zip' } } },
    };
    expect(problems(json, ['/home/me/app'])).toEqual([
      'resource.aws_lambda_function.f.filename: a folder of this machine, /home/me/app',
    ]);
  });

  test('an expression in the backend, which Terraform reads before there is anything to refer to', () => {
    const json = { terraform: { backend: { s3: { bucket: '${var.bucket}' } } }, variable: { bucket: {} } };
    expect(problems(json)).toEqual(['terraform.backend.s3.bucket: a reference where Terraform takes none, var.bucket']);
  });

  test.each([
    ['beside an escaped dollar', { resource: { aws_db_instance: { d: { password: 'hunt$${er2' } } } }],
    [
      'of a function',
      { resource: { aws_lambda_function: { f: { environment: { variables: { DB_PASSWORD: 'x' } } } } } },
    ],
    [
      'in a container, the value before its name',
      {
        resource: {
          aws_ecs_task_definition: { t: { container_definitions: '[{"value": "x", "name": "PG_PASSWORD"}]' } },
        },
      },
    ],
  ])('a secret in the clear %s', (_, json) => {
    expect(problems(json)).toEqual([expect.stringContaining('a secret in the clear')]);
  });

  test.each([
    ['a `dynamic` block by its label', { ingress: { for_each: [1], content: { port: '${ingress.value}' } } }],
    [
      'a `dynamic` block by its iterator',
      [{ ingress: { for_each: [1], iterator: 'it', content: { port: '${it.value}' } } }],
    ],
  ])('what %s gives is no reference to the outside', (_, dynamic) => {
    expect(problems({ resource: { aws_security_group: { g: { dynamic } } } })).toEqual([]);
  });

  test('a variable whose validation names it does not need itself', () => {
    const validation = [{ condition: '${var.v != ""}', error_message: 'empty' }];
    expect(problems({ variable: { v: { validation } } })).toEqual([]);
  });
});
