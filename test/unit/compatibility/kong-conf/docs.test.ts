import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './helpers';

const page = readFileSync(join(__dirname, '../../../../docs/check-kong-conf.md'), 'utf8');
const [before, after, kept] = [...page.matchAll(/```ini\n(.*?)```/gs)].map(([, text]) => text!);

test('the example of docs/check-kong-conf.md is what is written', () => {
  expect(check(before, { from: '2.8', to: '3.4' }).rewritten).toBe(after);
});

test('the block of old defaults is what is written', () => {
  const options = { from: '2.8.5', to: '3.4.2', keepBehaviour: true };
  expect(check('pg_host = db\n', options).rewritten).toBe(`pg_host = db\n\n${kept}`);
});
