import { ALL_SHARES, conforms } from '../../../real/routers/conformance';
import { kongOnTheFake } from './rig';

conforms('kongUpstream on two nodes with databases of their own', () => kongOnTheFake(), {
  shares: ALL_SHARES.filter((_, i) => i % 25 === 0),
});
conforms('kongUpstream with three targets of blue, one of two addresses, and a name of green with three', () =>
  kongOnTheFake(
    { blue: ['blue.internal:8000', '10.1.0.1:8000', '10.1.0.2:8000'], green: ['green.internal:8000'] },
    { blue: 2, green: 3 },
  ),
);
