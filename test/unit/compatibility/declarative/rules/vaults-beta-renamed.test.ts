import { vaultsBetaRenamed } from '../../../../../lib/compatibility/declarative/rules/vaults-beta-renamed';
import { entity, verdict } from '../entity';

describe('vaults_beta', () => {
  it('becomes vaults', () => {
    expect(verdict(vaultsBetaRenamed, entity('file', { vaults_beta: [{ prefix: 'env' }] }))).toMatchObject([
      { edits: [{ op: 'rename', path: ['vaults_beta'], to: 'vaults' }] },
    ]);
  });
  it('is for a person where there is vaults too', () => {
    expect(verdict(vaultsBetaRenamed, entity('file', { vaults_beta: [], vaults: [] }))).not.toHaveProperty('0.edits');
  });
  it('is no matter of a file without it', () => {
    expect(verdict(vaultsBetaRenamed, entity('file', { vaults: [] }))).toBe('not-applicable');
  });
});
