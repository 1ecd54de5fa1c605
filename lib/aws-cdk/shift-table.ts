import { RemovalPolicy, Validations, aws_dynamodb as dynamodb } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * DynamoDB table with the lock and the state of the shift under way, a handful of small items by `id`
 * (lib/deployed/shift-table.ts). It stands with the edge, because that is what a shift moves, and goes with it: nothing
 * in it is needed to bring traffic back, the live rules are the only truth. Encrypted by the key that DynamoDB owns.
 */
export class ShiftTable extends Construct {
  readonly table: dynamodb.Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason:
        'a lock restored from an earlier point in time would name a run that is over; what the table held is read from the live rules and the journal',
    });
  }
}
