import { targetsWeight0Health } from '../../../../../lib/compatibility/declarative/rules/targets-weight0-health';
import { entity, verdict } from '../entity';

describe('a target', () => {
  it('of weight 0 is left out of health checks', () => {
    expect(verdict(targetsWeight0Health, entity('targets', { target: 'a:80', weight: 0 }))).toEqual([
      { path: ['weight'] },
    ]);
  });
  it('of any other weight is not', () => {
    expect(verdict(targetsWeight0Health, entity('targets', { target: 'a:80', weight: 1 }))).toBe('compliant');
    expect(verdict(targetsWeight0Health, entity('targets', { target: 'a:80' }))).toBe('compliant');
  });
});
