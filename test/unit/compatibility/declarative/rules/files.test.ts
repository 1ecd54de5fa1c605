import { checkDeclarative } from '../../../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../../../lib/compatibility/declarative/document';
import { rewrite } from '../../../../../lib/compatibility/declarative/rewrite';
import { RULES } from '../../../../../lib/compatibility/declarative/rules';
import { context } from '../entity';

const FILE = `_format_version: "1.1"
vaults_beta: # renamed
- prefix: env
  name: env
upstreams:
- name: u
  targets:
  - target: a:80
    weight: 1
    created_at: 1
  - target: a:80 # the newest stays
    weight: 1
    created_at: 3
  - target: a:80
    weight: 1
    created_at: 2
services:
- name: s
  host: h
  routes:
  - name: braces
    paths:
    - /users/{id} # literal
    - "/plain/%7Euser"
`;
const REWRITTEN = `_format_version: "3.0"
vaults: # renamed
- prefix: env
  name: env
upstreams:
- name: u
  targets:
  - target: a:80 # the newest stays
    weight: 1
    created_at: 3
services:
- name: s
  host: h
  routes:
  - name: braces
    paths:
    - ~/users/\\{id} # literal
    - "/plain/~user"
`;

function looked(text: string) {
  const given = context();
  const document = readDeclarative(text, 'kong.yaml', given.upgrade);
  const { findings } = checkDeclarative(document, { ...given, formatVersion: document.formatVersion }, RULES);
  return { findings, text: rewrite(document.tree) };
}

describe('a file of 2.8', () => {
  it('is rewritten where that is safe, comments and order kept, and once', () => {
    const once = looked(FILE);
    expect(once.text).toBe(REWRITTEN);
    expect(looked(once.text)).toEqual({ findings: [], text: REWRITTEN });
  });
  it('is told about at the lines of what it says now', () => {
    const told = looked(FILE).findings.map(({ id, line, fix }) => [id, line, fix.mode]);
    expect(told).toEqual([
      ['format-version-3', 1, 'auto'],
      ['vaults-beta-renamed', 2, 'auto'],
      ['targets-duplicate', 8, 'auto'],
      ['targets-duplicate', 14, 'auto'],
      ['route-regex-tilde', 23, 'auto'],
      ['route-regex-rust-dialect', 23, 'auto'],
      ['route-plain-path-normalization', 24, 'auto'],
    ]);
  });
});
