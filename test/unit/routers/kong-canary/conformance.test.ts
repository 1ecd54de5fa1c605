import { ALL_SHARES, conforms } from '../../../real/routers/conformance';
import { canaryOnTheFake } from './rig';

// What the nodes have in memory of a plugin cannot be seen, so nothing is told of it.
conforms('kongCanary, two plugins', () => canaryOnTheFake('green'), {
  cannot: ['makeIneffective'],
  shares: ALL_SHARES,
  timeout: 180_000,
});
conforms('kongCanary with blue as the canary', () => canaryOnTheFake('blue'), { cannot: ['makeIneffective'] });
