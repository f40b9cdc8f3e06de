export {
  type Gap,
  type GapEvent,
  type GapQuestion,
  type GapState,
  gapReasons,
  gapScopes,
  gapStates,
  maxAssignee,
  maxNote,
  severities,
} from './gap.ts'
export {type GapKeeper, openGapKeeper, withGapsForgotten} from './gap-keeper.ts'
export {
  type GapClosedByBuild,
  type GapFilter,
  type GapOrder,
  type Gaps,
  gapOrders,
  type SearchableGap,
} from './gaps.ts'
export {type GapsProcess, openGapsProcess} from './grouping/gaps-process.ts'
export {openGaps} from './open-gaps.ts'
export {openPostgresGaps, type PostgresGapsOptions} from './postgres/open-postgres-gaps.ts'
export {type ClosedGap, closedGaps, type GapWords, type ShownGap, shownGaps} from './shown-gaps.ts'
