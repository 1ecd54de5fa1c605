import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';

/**
 * DynamoDB table with the lock and the state of the shift under way, a handful of small items by `id`
 * (lib/deployed/shift-table.ts). It stands with the edge, because that is what a shift moves, and goes with it: nothing
 * in it is needed to bring traffic back, the live rules are the only truth. Encrypted by the key that DynamoDB owns.
 */
export class ShiftTable extends Construct {
  readonly tableName: string;
  readonly tableArn: string;

  constructor(scope: Construct, id: string, { name }: { /** Of the system. */ readonly name: string }) {
    super(scope, id);
    const table = new DynamodbTable(this, 'Table', {
      name: `${name}-edge-shift`,
      hashKey: 'id',
      attribute: [{ name: 'id', type: 'S' }],
      billingMode: 'PAY_PER_REQUEST',
    });
    this.tableName = table.name;
    this.tableArn = table.arn;
  }
}
