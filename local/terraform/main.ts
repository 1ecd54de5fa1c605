/**
 * A stand-in for the provider `hashicorp/aws`: the schema is the real one's (as far as its bindings tell it), the resources are this
 * project's model of AWS (local/MODEL.md). What Terraform does with them is the real Terraform's.
 */
import { provider } from './provider';
import { serve } from './server';

// A Terraform that was killed cannot end it, and nothing must outlive a test.
const terraform = process.ppid;
setInterval(() => process.ppid !== terraform && process.exit(), 1000).unref();

void serve(provider());
