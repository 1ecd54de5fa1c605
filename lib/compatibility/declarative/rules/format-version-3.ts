import type { DeclarativeRule } from '../rule';
import { isOf2x } from './paths';

/** The version in the file; its paths are written as 3.0 wants them by the rules of the routes. */
export const formatVersion3: DeclarativeRule = {
  id: 'format-version-3',
  on: ['file'],
  check(file, context) {
    const { _format_version: version } = file.value;
    if (version === undefined) return 'not-applicable';
    if (!isOf2x(context) || version === '3.0') return 'compliant';
    return [
      {
        path: ['_format_version'],
        message: `_format_version ${JSON.stringify(version)}: deck refuses it for ${context.upgrade.to.minor()}; kong itself still loads it and guesses what a regex is`,
        how: 'write "3.0", together with the paths of the routes',
        edits: [{ op: 'set', path: ['_format_version'], value: '3.0' }],
      },
    ];
  },
};
