import fc from 'fast-check';
import { providerSchema } from '../../../local/terraform/provider-schema';
import { schemaProblems } from '../../../local/terraform/schema-problems';
import { refuse } from '../../../lib/blueprint/refusals';
import { problemsOf } from '../../../lib/cdktf/check';
import { KongDualClusterError } from '../../../lib/errors';
import { settingsOf } from '../../../lib/settings/load';
import { cloudFormationTemplates, terraformJson } from '../conformance/drive';
import type { Case } from '../conformance/cases';
import { anySettings } from './any-settings';
import type { AnySettings } from './any-settings';

const schema = providerSchema();

/** What is accepted before a backend is asked; nothing when it is refused there. */
function accepted({ settings, lock }: AnySettings): Case | undefined {
  try {
    const made = settingsOf(settings);
    refuse(made, lock);
    return { settings: made, lock };
  } catch (error) {
    if (error instanceof KongDualClusterError) return undefined;
    throw error;
  }
}

/** The code of a refusal; any other exception is a fault. */
function refusedBy(synth: () => unknown): string | undefined {
  try {
    synth();
    return undefined;
  } catch (error) {
    if (error instanceof KongDualClusterError) return error.code;
    throw error;
  }
}

describe('given any settings that are not refused', () => {
  // aws-cdk-lib warns of each subnet whose routes it does not know.
  beforeAll(() => void jest.spyOn(console, 'error').mockImplementation());
  afterAll(() => jest.restoreAllMocks());

  test('then what Terraform gets refers to itself alone, and the provider takes every block of it', () => {
    let made = 0;
    fc.assert(
      fc.property(anySettings, (any) => {
        const of = accepted(any);
        if (of === undefined) return;
        let stacks: ReturnType<typeof terraformJson> = {};
        if (refusedBy(() => (stacks = terraformJson(of))) !== undefined) return;
        made += 1;
        for (const json of Object.values(stacks)) {
          expect(problemsOf(json)).toEqual([]);
          expect(schemaProblems(json, schema)).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
    // Else it would say nothing.
    expect(made).toBeGreaterThan(10);
  });

  test('then both backends take them, or refuse them for the same reason', () => {
    fc.assert(
      fc.property(anySettings, (any) => {
        const of = accepted(any);
        if (of === undefined) return;
        expect(refusedBy(() => terraformJson(of))).toBe(refusedBy(() => cloudFormationTemplates(of)));
      }),
      { numRuns: 6 },
    );
  });
});
