import { compared } from '../../../../local/terraform/checkov';

const finding = (check: string, type: string) => ({ check, type, says: '', name: 'it', file: 'kong-edge/cdk.tf.json' });
const accepted = [{ check: 'CKV_AWS_91', type: 'aws_lb', reason: 'its bucket is in the settings' }];

describe('findings of checkov and those that are accepted', () => {
  test('one that is accepted is neither new nor gone', () => {
    expect(compared([finding('CKV_AWS_91', 'aws_lb')], accepted)).toEqual({ fresh: [], gone: [] });
  });

  test('the same check on another type is new', () => {
    const other = finding('CKV_AWS_91', 'aws_alb');
    expect(compared([finding('CKV_AWS_91', 'aws_lb'), other], accepted).fresh).toEqual([other]);
  });

  test('an accepted one that is not found any more is gone', () => {
    expect(compared([], accepted).gone).toEqual(accepted);
  });
});
