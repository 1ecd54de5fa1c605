import { changes } from '../../../../../lib/compatibility/changes';
import { DECLARATIVE_CHANGES, RULES } from '../../../../../lib/compatibility/declarative/rules';

describe('the rules', () => {
  it('are one for an entry of the facts', () => {
    expect(DECLARATIVE_CHANGES).toHaveLength(RULES.length);
    for (const id of DECLARATIVE_CHANGES) expect([id, changes().has(id)]).toEqual([id, true]);
  });
  it('make of a path what the migration makes of it before they compile it', () => {
    const order = (id: string) => DECLARATIVE_CHANGES.indexOf(id);
    const last = Math.max(...['route-regex-percent-encoding', 'route-wildcard-star', 'route-regex-tilde'].map(order));
    for (const id of ['route-regex-lookaround', 'route-regex-rust-dialect', 'migration-no-regex-precheck']) {
      expect(order(id)).toBeGreaterThan(last);
    }
  });
});
