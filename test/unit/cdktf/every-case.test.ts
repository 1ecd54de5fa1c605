import { providerSchema } from '../../../local/terraform/provider-schema';
import { schemaProblems } from '../../../local/terraform/schema-problems';
import { problemsOf } from '../../../lib/cdktf/check';
import { CASES } from '../conformance/cases';
import { terraformJson } from '../conformance/drive';
import type { Blocks } from './synth';

const schema = providerSchema();
/** A role's own policies have names within the role. */
const named = (blocks: Blocks | undefined) =>
  Object.entries(blocks ?? {}).filter(([type]) => type !== 'aws_iam_role_policy');

describe.each(Object.entries(CASES))('given settings with %s, when Terraform deploys them', (_, of) => {
  const stacks = Object.entries(terraformJson(of));

  test.each(stacks)(
    'then %s refers to itself alone, in no circle, and holds no secret and no path of this machine',
    (__, json) => {
      const folders = [process.cwd()];
      expect(problemsOf(json, { folders }).filter(({ where }) => !where.startsWith('terraform.backend.'))).toEqual([]);
    },
  );

  test.each(stacks)(
    'then %s gives each resource what the provider requires and nothing that it does not know',
    (__, json) => {
      expect(schemaProblems(json, schema)).toEqual([]);
    },
  );

  test('then no two stacks make anything of the same name', () => {
    const names = stacks.flatMap(([, json]) =>
      named(json.resource).flatMap(([type, blocks]) =>
        Object.values(blocks).flatMap(({ name }) =>
          typeof name === 'string' && !name.includes('${') ? [`${type} ${name}`] : [],
        ),
      ),
    );
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
