import { blockOf } from '../../../../local/terraform/binding';
import { DATA_TYPES, RESOURCE_TYPES, providerSchema } from '../../../../local/terraform/provider-schema';

describe("the provider's schema, read out of its generated bindings", () => {
  test('tells names, types, what is required and what the provider alone gives', () => {
    const { attributes } = blockOf('lb-listener-rule');
    expect(attributes['listener_arn']).toEqual({ type: 'string', required: true });
    expect(attributes['priority']).toEqual({ type: 'number', optional: true });
    expect(attributes['tags']).toEqual({ type: ['map', 'string'], optional: true });
    expect(attributes['arn']).toEqual({ type: 'string', computed: true });
  });

  test('tells how blocks nest and how often they may stand', () => {
    const { blocks } = blockOf('lb-listener-rule');
    expect(blocks['action']).toMatchObject({ nesting: 'list', min: 1 });
    expect(blocks['action']).not.toHaveProperty('max');
    expect(blocks['condition']).toMatchObject({ nesting: 'set', min: 1 });
    const forward = blocks['action']!.block.blocks['forward']!;
    expect(forward).toMatchObject({ nesting: 'list', max: 1 });
    expect(forward.block.blocks['target_group']!.block.attributes['weight']).toEqual({
      type: 'number',
      optional: true,
    });
    expect(blockOf('db-instance').blocks['timeouts']).toMatchObject({ nesting: 'single' });
  });

  test('knows an attribute of objects from a block, and a write-only one from others', () => {
    expect(blockOf('security-group').attributes['ingress']?.type).toMatchObject([
      'set',
      ['object', { from_port: 'number' }],
    ]);
    expect(blockOf('db-instance').attributes['password_wo']).toMatchObject({ writeOnly: true, sensitive: true });
  });

  test('is there for every type of the stand-in, each with an id', () => {
    const { resources, data } = providerSchema();
    for (const type of RESOURCE_TYPES) expect(Object.keys(resources[type]!.attributes)).toContain('id');
    for (const type of DATA_TYPES) expect(Object.keys(data[type]!.attributes)).toContain('id');
  });
});
