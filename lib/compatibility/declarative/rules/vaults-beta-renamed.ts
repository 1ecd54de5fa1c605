import type { DeclarativeRule } from '../rule';

export const vaultsBetaRenamed: DeclarativeRule = {
  id: 'vaults-beta-renamed',
  on: ['file'],
  check({ value }) {
    if (!Array.isArray(value.vaults_beta)) return 'not-applicable';
    const message = `3.x knows no vaults_beta: its ${value.vaults_beta.length} entries are refused as an unknown table`;
    if (value.vaults !== undefined) {
      return [{ path: ['vaults_beta'], message, how: 'move them to vaults, which the file has too' }];
    }
    return [{ path: ['vaults_beta'], message, edits: [{ op: 'rename', path: ['vaults_beta'], to: 'vaults' }] }];
  },
};
