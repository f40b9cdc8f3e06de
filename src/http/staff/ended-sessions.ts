import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'

/** Sessions that were signed out, until they would have expired. */
export interface EndedSessions {
  has(id: string, expiresAt: number): boolean
  add(id: string, expiresAt: number): void
}

export interface EndedSessionsOptions {
  /** Where they outlive a restart; null to keep them in memory. A file that cannot be read ends every session. */
  readonly file: string | null
  /** How long a session lasts, in milliseconds. */
  readonly sessionMs: number
  /** Called when the file cannot be written: until a restart they are remembered all the same. */
  readonly onProblem: (error: unknown) => void
  readonly now: () => number
}

/** More in one session's time, and all sessions end instead of being listed one by one. */
const mostEnded = 1000

interface Kept {
  /** Sessions that expire up to this moment have ended. */
  readonly before: number
  /** Session id → when it would have expired. */
  readonly ended: Readonly<Record<string, number>>
}

export function openEndedSessions({file, sessionMs, onProblem, now}: EndedSessionsOptions): EndedSessions {
  const kept = file === null ? null : keptIn(file, now() + sessionMs)
  let before = kept?.before ?? 0
  const ended = new Map(Object.entries(kept?.ended ?? {}))

  function save(): void {
    if (file === null) return
    const beside = `${file}.${process.pid}.new`
    try {
      const content: Kept = {before, ended: Object.fromEntries(ended)}
      writeFileSync(beside, JSON.stringify(content), {mode: 0o600})
      renameSync(beside, file)
    } catch (error) {
      onProblem(error)
    }
  }

  return {
    has: (id, expiresAt) => expiresAt <= before || ended.has(id),
    add(id, expiresAt) {
      for (const [other, until] of ended) if (until <= now()) ended.delete(other)
      if (ended.size < mostEnded) ended.set(id, expiresAt)
      else {
        before = now() + sessionMs
        ended.clear()
      }
      save()
    },
  }
}

/** @param latest when the youngest session there may be expires. */
function keptIn(file: string, latest: number): Kept {
  if (!existsSync(file)) return {before: 0, ended: {}}
  try {
    const {before, ended} = JSON.parse(readFileSync(file, 'utf8')) as Kept
    if (typeof before === 'number' && typeof ended === 'object' && ended !== null) return {before, ended}
  } catch {
    // As good as damaged.
  }
  return {before: latest, ended: {}}
}
