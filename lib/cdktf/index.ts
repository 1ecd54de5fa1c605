import { KongDualClusterError } from '../errors';

// This release renders the blueprint with AWS CDK only. The entry point exists so that an import says so in words.
throw new KongDualClusterError('BACKEND_NOT_IN_RELEASE', 'this release has no CDK for Terraform backend', {
  remedy: "import 'kong-dual-cluster/aws-cdk', or wait for the release whose CHANGELOG names cdktf",
});
