import { workspaceReservedNames } from '../../../../../lib/compatibility/declarative/rules/workspace-reserved-names';
import { entity, verdict } from '../entity';

describe('a workspace', () => {
  it('named like a path of the Admin API is told', () => {
    expect(verdict(workspaceReservedNames, entity('file', { _workspace: 'services' }))).toMatchObject([
      { path: ['_workspace'] },
    ]);
    expect(verdict(workspaceReservedNames, entity('workspaces', { name: 'plugins' }))).toMatchObject([
      { path: ['name'] },
    ]);
  });
  it('of any other name is fine', () => {
    expect(verdict(workspaceReservedNames, entity('file', { _workspace: 'default' }))).toBe('compliant');
    expect(verdict(workspaceReservedNames, entity('file', {}))).toBe('not-applicable');
  });
});
