import fc from 'fast-check';
import { linkOf } from '../../../lib/render/links';

describe('where a source can be read', () => {
  test.each([
    ['https://developer.konghq.com/gateway/upgrade/', 'https://developer.konghq.com/gateway/upgrade/'],
    ['Kong/kong@3.4.2:kong/router/atc.lua', 'https://github.com/Kong/kong/blob/3.4.2/kong/router/atc.lua'],
    ['Kong/deck:convert/rulesets/a.yaml', 'https://github.com/Kong/deck/blob/HEAD/convert/rulesets/a.yaml'],
    ['Kong/kong#9495', 'https://github.com/Kong/kong/issues/9495'],
    ['Kong/kong@3.4.2:a.lua (3.0.0.0)', 'https://github.com/Kong/kong/blob/3.4.2/a.lua'],
  ])('%s', (source, link) => expect(linkOf(source)).toBe(link));

  test.each(['javascript:alert(1)', 'http://x', 'docs/runbook.md', 'recorded/conf', 'https://x"onclick='])(
    '%s is no link',
    (source) => expect(linkOf(source)).toBeUndefined(),
  );

  test('a link is always https and has no sign that ends an attribute', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((s) => `https://${s}`),
        ),
        (source) => {
          expect(linkOf(source) ?? 'https://').toMatch(/^https:\/\/[^\s"'<>]*$/);
        },
      ),
    );
  });
});
