import { ALL_SHARES, conforms } from '../../../real/routers/conformance';
import { f5OnTheFake } from './rig';

conforms('f5 on a fake BIG-IP', () => f5OnTheFake(1, 1), {
  onePlace: true,
  shares: ALL_SHARES.filter((_, i) => i % 10 === 0),
});
conforms('f5 with three members of blue and two of green', () => f5OnTheFake(3, 2), { onePlace: true });
