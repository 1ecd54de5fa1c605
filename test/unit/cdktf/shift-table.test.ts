import { ShiftTable } from '../../../lib/cdktf/shift-table';
import { resolve } from './resolve';
import { resource, synth } from './synth';

test('given the shift table, then it has its items by `id`, is paid by request and bears the system’s name', () => {
  const json = synth((stack) => void new ShiftTable(stack, 'Shift', { name: 'kong' }));
  expect(resource(json, 'aws_dynamodb_table')).toEqual({
    name: 'kong-edge-shift',
    billing_mode: 'PAY_PER_REQUEST',
    hash_key: 'id',
    attribute: [{ name: 'id', type: 'S' }],
  });
});

test('given whoever uses it, then name and ARN are the resource’s own', () => {
  synth((stack) => {
    const table = new ShiftTable(stack, 'Shift', { name: 'kong' });
    expect(resolve(stack, [table.tableName, table.tableArn])).toEqual([
      expect.stringMatching(/^\$\{aws_dynamodb_table\.Shift_Table_\w+\.name\}$/),
      expect.stringMatching(/^\$\{aws_dynamodb_table\.Shift_Table_\w+\.arn\}$/),
    ]);
  });
});
