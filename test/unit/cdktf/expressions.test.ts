import fc from 'fast-check';
import { expressionsOf } from '../../../lib/cdktf/expressions';
import { literal } from '../../../lib/cdktf/literal';

const referencesIn = (text: string) => {
  const { references, problem } = expressionsOf(text);
  return problem ?? references.map((parts) => parts.join('.'));
};

describe('what a string of a Terraform configuration refers to', () => {
  test.each([
    ['plain text with $NAME, 5% and } {', []],
    ['$${aws_lb.edge.arn} and %%{if}', []],
    ['$$${aws_lb.edge.arn}', []],
    ['${aws_lb.edge.arn}', ['aws_lb.edge.arn']],
    ['a ${aws_lb.edge.arn}/${data.aws_region.here.region} b', ['aws_lb.edge.arn', 'data.aws_region.here.region']],
    ['${~ var.name ~}', ['var.name']],
    ['${element(split(",", data.aws_ssm_parameter.p.insecure_value), 0)}', ['data.aws_ssm_parameter.p.insecure_value']],
    ['${jsonencode({"a" = "x-${local.b}", c = [aws_vpc.v.id]})}', ['local.b', 'aws_vpc.v.id']],
    [
      '${aws_subnet.s[0].id}${aws_subnet.s[*].id}${aws_subnet.s.*.id}',
      Array(3)
        .fill('aws_subnet.s')
        .map((s, i) => (i === 2 ? `${s}.*.id` : s)),
    ],
    ['${[for k, v in aws_vpc.v.tags : "${k}=${v}" if v != ""]}', ['aws_vpc.v.tags']],
    ['${{for k in var.keys : k => upper(k)}}', ['var.keys']],
    ['${var.on ? 1.5e3 : -2}', ['var.on']],
    ['${provider::aws::arn_parse(aws_lb.edge.arn)}', ['aws_lb.edge.arn']],
    ['${"a \\"quoted\\" } text"}', []],
    ['${/* not.this */ var.a + // nor.this }\n var.b / var.c # "\n}', ['var.a', 'var.b', 'var.c']],
    ['${<<EOT\nplain.text ${var.a} "\nEOT\n}', ['var.a']],
  ])('%s', (text, references) => {
    expect(referencesIn(text)).toEqual(references);
  });

  test.each([
    ['${aws_lb.edge.arn', 'an expression without its }'],
    ['${"q"u"}', 'a string without an end'],
    ['${f("b\\s")}', 'no such escape: \\s'],
    ['${}', 'an empty expression'],
    ['%{ if true }x%{ endif }', 'a directive (%{)'],
    ['${a.b @ c}', 'not an expression from "@ c}"'],
    ['${f(a.b]}', 'not an expression from "]}"'],
  ])('%s cannot be read', (text, problem) => {
    expect(referencesIn(text)).toBe(problem);
  });

  test('whatever literal made of a text refers to nothing', () => {
    const pieces = fc.constantFrom('$', '%', '{', '}', '${', '%{', '~', '"', '\\', 'a.b', ' ');
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        expect(referencesIn(literal(parts.join('')))).toEqual([]);
      }),
    );
  });
});
