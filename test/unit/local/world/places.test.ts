import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, findPython } from '../../../../local/world/places';

test('the root is the folder of package.json, also from a folder below it', () => {
  expect(existsSync(join(ROOT, 'package.json'))).toBe(true);
  expect(existsSync(join(ROOT, 'local', 'aws', 'main.py'))).toBe(true);
});

test('a Python that is not there is refused, and the refusal names it and what to do', () => {
  expect(() => findPython({ KDC_LOCAL_PYTHON: '/nowhere/python' })).toThrow(
    expect.objectContaining({
      code: 'PYTHON_MISSING',
      found: '/nowhere/python',
      remedy: expect.stringContaining('KDC_LOCAL_PYTHON'),
    }),
  );
});

test('the Python named in the environment wins', () => {
  expect(findPython({ KDC_LOCAL_PYTHON: process.execPath })).toBe(process.execPath);
});
