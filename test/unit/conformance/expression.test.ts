import { cloudFormationOnPaper } from './cloudformation-paper';
import { compare } from './compare';
import { template } from './terraform-expression';

const read = (text: string): unknown =>
  template(text, (reference) => (reference.at(-1) === 'names' ? ['a', 'b'] : `<${reference.join('.')}>`));

describe('given a string of cdk.tf.json', () => {
  test.each([
    ['aws_lb.Edge alone', '${aws_lb.Edge.arn}', '<aws_lb.Edge.arn>'],
    ['a reference within a text', 'arn:${aws_lb.Edge.arn}/*', 'arn:<aws_lb.Edge.arn>/*'],
    ['escapes', '$${USER} 5%%{if}', '${USER} 5%{if}'],
    ['an element', '${element(data.aws_availability_zones.Zones.names, 1)}', 'b'],
    ['an index', '${data.aws_availability_zones.Zones.names[0]}', 'a'],
    ['JSON in JSON', '${jsonencode({"a" = [aws_lb.Edge.arn, "x\\"y"]})}', '{"a":["<aws_lb.Edge.arn>","x\\"y"]}'],
    ['a template within a call', '${join(",", ["${aws_lb.Edge.arn}", "z"])}', '<aws_lb.Edge.arn>,z'],
    ['a regular expression', '${replace("a:listener/b", "/:listener//", ":listener-rule/")}', 'a:listener-rule/b'],
  ])('when it holds %s, then it is carried out as Terraform does', (_, text, value) => {
    expect(read(text)).toEqual(value);
  });

  test('when a text was not taken literally, then it is refused', () => {
    expect(() => read('5%{if}')).toThrow(/not taken literally/);
    expect(() => read('${unheardOf(1)}')).toThrow(/not known on paper/);
  });
});

test('given a template whose import nobody exports, when it is carried out, then that is said', () => {
  const slot = { Resources: { A: { Type: 'T', Properties: { B: { 'Fn::ImportValue': 'edge:Nothing' } } } } };
  expect(() => cloudFormationOnPaper({ 'kong-blue': slot })).toThrow(/no stack exports/);
});

describe('given two meanings', () => {
  const one = { rules: { 'rule 1': { priority: 1, values: ['a', 'b'] } } };

  test('when a fact deep inside differs, then it is told with both values', () => {
    const other = { rules: { 'rule 1': { priority: 1, values: ['a', 'c'] } } };
    expect(compare(one, other)).toEqual({
      differences: [{ aspect: 'rules', fact: 'rule 1 › values › 1', cloudFormation: 'b', terraform: 'c' }],
      compared: { rules: 3 },
    });
  });

  test('when one has what the other does not, then each of its facts differs', () => {
    expect(compare(one, { rules: {} }).differences).toHaveLength(3);
    expect(compare({}, one).differences).toHaveLength(3);
  });
});
