import { DataResource, TerraformOutput } from 'cdktf';
import { literal, literalJson } from '../../../lib/cdktf/literal';
import { synth } from './synth';

// That Terraform reads them back as they were: test/real/terraform/literal.test.ts.
describe('text that Terraform must take as it is', () => {
  test('openings of expressions and directives are doubled', () => {
    expect(literal('echo "${NAME}" {%{ $NAME 5%')).toBe('echo "$${NAME}" {%%{ $NAME 5%');
  });

  test('in lists and objects every text and key is, and what is not text stays', () => {
    expect(literal({ '${a}': ['%{', 1, true, null, undefined] })).toEqual({
      '$${a}': ['%%{', 1, true, null, undefined],
    });
  });

  test('what only resembles a reference of cdktf is text', () => {
    expect(literal('${TfToken[not one]}')).toBe('$${TfToken[not one]}');
  });

  test('a reference of cdktf stays one, also after an opening that is never closed and after a dollar', () => {
    const { output } = synth((stack) => {
      const id = new DataResource(stack, 'it').id;
      new TerraformOutput(stack, 'text', { value: literal(`\${ costs $${id}`) });
      new TerraformOutput(stack, 'json', { value: literalJson({ id }) });
    });
    expect(output?.text?.value).toBe('${"$"}{ costs ${"$"}${terraform_data.it.id}');
    expect(output?.json?.value).toBe('{"id":"${terraform_data.it.id}"}');
  });
});
