import type { CompatibilityFinding } from '../../../lib/compatibility/finding';
import type { Checked } from '../../../lib/compatibility/summary';
import { KongVersion } from '../../../lib/release/kong-version';

export const finding = (over: Partial<CompatibilityFinding> = {}): CompatibilityFinding => ({
  id: 'route-regex-tilde',
  result: 'non-compliant',
  severity: 'breaking',
  category: 'changed-behaviour',
  when: 'before',
  entity: 'route "users"',
  field: 'paths[0]',
  file: 'kong.yaml',
  line: 12,
  message: 'a regex path begins with ~',
  fix: { mode: 'auto', how: 'put ~ before it' },
  sources: ['https://developer.konghq.com/gateway/breaking-changes/'],
  ...over,
});

export const checked = (findings: readonly CompatibilityFinding[], over: Partial<Checked> = {}): Checked => ({
  target: 'kong.yaml',
  upgrade: { from: KongVersion.parse('2.8'), to: KongVersion.parse('3.4') },
  findings,
  ...over,
});
