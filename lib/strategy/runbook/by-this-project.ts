import { stopsOf, type Situation } from '../situation';

/**
 * Whether this project's own commands do the whole of it: traditional nodes on ECS or EC2 behind an Application Load
 * Balancer, PostgreSQL on RDS, any number of stops on the copy. Helm and hybrid mode are done by hand.
 */
export const byThisProject = (situation: Situation): boolean =>
  situation.mode === 'traditional' &&
  situation.datastore === 'postgres' &&
  situation.platform !== 'eks' &&
  stopsOf(situation).length > 0;
