import {ChildFailure} from '../../processes/index.ts'

/** When the write-ahead log of a database is moved into its file by another process than the one that writes. */
export interface Checkpoints {
  /** Call it after each write: there is a checkpoint within `everyMs`, or in the next if one is under way. */
  written(): void
  /** Begins no other one. */
  close(): void
}

export interface CheckpointsOptions {
  /** Time from a write to the checkpoint that takes it, in milliseconds. */
  readonly everyMs: number
  /** Resolves with whether all that was in the log is in the file now. @throws ChildFailure. */
  readonly checkpoint: () => Promise<boolean>
}

/** Pause after one that left something, since a reader still needed it or the disk is full. */
const retryMs = 5_000

export function createCheckpoints({everyMs, checkpoint}: CheckpointsOptions): Checkpoints {
  let timer: NodeJS.Timeout | null = null
  let isUnderWay = false
  let isWrittenSince = false
  let isClosed = false

  async function perform(): Promise<void> {
    timer = null
    isUnderWay = true
    isWrittenSince = false
    const isComplete = await checkpoint().catch((error: unknown) => {
      if (!(error instanceof ChildFailure)) throw error
      return false
    })
    isUnderWay = false
    if (!isComplete) schedule(retryMs)
    else if (isWrittenSince) schedule(everyMs)
  }

  function schedule(ms: number): void {
    if (isClosed || isUnderWay || timer !== null) return
    timer = setTimeout(() => void perform(), ms)
    timer.unref?.()
  }

  return {
    written() {
      isWrittenSince = true
      schedule(everyMs)
    },
    close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
