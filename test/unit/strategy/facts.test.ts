import Ajv from 'ajv';
import schema from '../../../lib/strategy/facts/tools.schema.json';
import tools from '../../../lib/strategy/facts/tools.json';

const { $schema: _, ...draft } = schema;

test('tools.json fits its schema', () => {
  const validate = new Ajv({ allErrors: true }).compile(draft);
  expect([validate(tools), validate.errors]).toEqual([true, null]);
});

test('the schema refuses a fact without a source', () => {
  const validate = new Ajv().compile(draft);
  expect(validate({ ...tools, deck: { ...tools.deck, sources: [] } })).toBe(false);
  expect(validate({ ...tools, ingressController: { ...tools.ingressController, byMinor: { '3.x': ['3.0'] } } })).toBe(
    false,
  );
});
