import type {Router} from 'express'
import type {TranscriptStore} from '../../transcripts/index.ts'
import type {Staff} from './staff.ts'

export interface StorageRoutesDeps {
  readonly staff: Staff
  readonly transcripts: Pick<TranscriptStore, 'storage' | 'isErased'>
  readonly journalHealth: () => {readonly degraded: boolean; readonly reason: string | null}
  /** After so many days transcripts are removed; 0 for never, null where that is not known. */
  readonly retentionDays: number | null
}

/** Adds what the transcripts take, below `/api/admin`. */
export function addStorageRoutes(
  router: Router,
  {staff, transcripts, journalHealth, retentionDays}: StorageRoutesDeps,
): void {
  router.get('/storage', staff.allow('support', 'docs'), async (_request, response) => {
    const {degraded, reason} = journalHealth()
    response.json({
      transcripts: {
        ...(await transcripts.storage()),
        retentionDays,
        isErased: transcripts.isErased,
        problem: degraded ? reason : null,
      },
    })
  })
}
