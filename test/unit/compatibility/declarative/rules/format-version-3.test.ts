import { formatVersion3 } from '../../../../../lib/compatibility/declarative/rules/format-version-3';
import { context, entity, verdict } from '../entity';

describe('the format version of a file', () => {
  const file = (version: unknown) => entity('file', { _format_version: version });
  it.each(['1.1', '2.1', 1.1])('of %j becomes 3.0', (version) => {
    expect(verdict(formatVersion3, file(version))).toMatchObject([
      { path: ['_format_version'], edits: [{ op: 'set', path: ['_format_version'], value: '3.0' }] },
    ]);
  });
  it('is fine as 3.0, and not there for an Admin API', () => {
    expect(verdict(formatVersion3, file('3.0'), context({ formatVersion: '3.0' }))).toBe('compliant');
    expect(verdict(formatVersion3, file('3.0'))).toBe('compliant');
    expect(verdict(formatVersion3, file(undefined))).toBe('not-applicable');
  });
});
