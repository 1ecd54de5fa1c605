import { refuseOtherBackend } from '../../../lib/blueprint/backend';

const refused = (terraform: object | undefined, app: 'cloudformation' | 'terraform') => {
  try {
    refuseOtherBackend({ name: 'kong', ...(terraform && { terraform }) }, app);
    return undefined;
  } catch (error) {
    return error;
  }
};

test('given settings and the app of their own tool, when it runs, then nothing is refused', () => {
  expect(refused(undefined, 'cloudformation')).toBeUndefined();
  expect(refused({}, 'terraform')).toBeUndefined();
});

test('given settings of Terraform, when the CDK app runs, then it refuses before everything is made twice', () => {
  expect(refused({}, 'cloudformation')).toMatchObject({ code: 'BACKEND_IS_TERRAFORM', exitCode: 8 });
});

test('given settings without the key, when the Terraform app runs, then it names the key', () => {
  expect(refused(undefined, 'terraform')).toMatchObject({
    code: 'BACKEND_IS_CLOUDFORMATION',
    exitCode: 8,
    remedy: expect.stringContaining('`terraform: {}`'),
  });
});
