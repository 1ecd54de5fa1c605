import type { Scenario } from '../scenario';
import { chaos } from './chaos';
import { dnsNeverMoves, natLump, retryStorm, stickyBlue } from './clients';
import { burstyErrors, risingBackground, slowLeak } from './errors-of-both';
import { writtenNotEffective } from './not-effective';
import { oneSidedState } from './one-sided-state';
import { f5StaleLock, nginxReloadRejected } from './other-routers';
import { clockSkew } from './clock-skew';
import { CRASHES } from './crashes';
import { credentialsEnd } from './credentials-end';
import { gaps, missingAlarm, noDataAtLowWeight, staleMetrics } from './data';
import { fine } from './fine';
import { greenFails } from './green-fails';
import { journalFull } from './journal-full';
import { lockStoreDown } from './lock-store-down';
import { nobodyBack } from './nobody-back';
import { blueScaledIn, greenUnderscaled, greenUnhealthy, greenUnregistered } from './nodes-gone';
import { OTHERS } from './others-write';
import { partialMultiRule } from './partial-multi-rule';
import { staleLateWriter } from './stale-late-writer';
import { throttling } from './throttling';
import { twoRunners } from './two-runners';
import { wrongAccount } from './wrong-account';

export const SCENARIOS: readonly Scenario[] = [
  fine,
  greenFails,
  twoRunners,
  staleLateWriter,
  ...CRASHES,
  nobodyBack,
  clockSkew,
  lockStoreDown,
  ...OTHERS,
  throttling,
  partialMultiRule,
  greenUnregistered,
  greenUnhealthy,
  blueScaledIn,
  greenUnderscaled,
  noDataAtLowWeight,
  staleMetrics,
  gaps,
  missingAlarm,
  wrongAccount,
  credentialsEnd,
  journalFull,
  writtenNotEffective,
  stickyBlue,
  dnsNeverMoves,
  natLump,
  retryStorm,
  risingBackground,
  burstyErrors,
  slowLeak,
  oneSidedState,
  nginxReloadRejected,
  f5StaleLock,
  chaos,
];
