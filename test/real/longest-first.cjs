// The suites that take longest begin first, so that none of them runs alone at the end. Without a record of earlier runs, as in a
// fresh clone, jest would go by the size of the files.
const { default: Sequencer } = require('@jest/test-sequencer');

/** Longest first, as measured; what is not here takes less than a minute. */
const LONG = [
  'shift/crash',
  'terraform/road',
  'shift/shift',
  'freeze',
  'blue-survives',
  'shift/on-aws',
  'failing-migrations',
  'weights-survive-deploys',
  'teardown',
  'shift/told',
  'shift/watched',
  'local-aws/cdk',
  'weights-by-template',
  'kong/recordings',
  'two-systems',
  'adoption/freeze-adopted',
  'adoption/adoption',
  'template-lint',
  'routers/nginx-faults',
];

const place = ({ path }) => {
  const found = LONG.findIndex((name) => path.endsWith(`/test/real/${name}.test.ts`));
  return found === -1 ? LONG.length : found;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => place(a) - place(b) || a.path.localeCompare(b.path));
  }
};
