import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'

/** Sessions that were signed out, until they would have expired. */
export interface EndedSessions {
  /** @throws DocentError `storage`. */
  has(id: string, expiresAt: number): Promise<boolean>
  /** @throws DocentError `storage`. */
  add(id: string, expiresAt: number): Promise<void>
}

export interface EndedSessionsOptions {
  /** File that keeps them across restarts; null for memory only. If it cannot be read, all sessions have ended. */
  readonly file: string | null
  /** How long a session lasts, in milliseconds. */
  readonly sessionMs: number
  /** Called when the file cannot be written. Until a restart the sessions are still remembered. */
  readonly onProblem: (error: unknown) => void
  readonly now: () => number
}

/** Its name in a data folder. */
export const endedSessionsFile = 'ended-sessions.json'

/** If more are ended within the lifetime of a session, all sessions end instead of being listed one by one. */
const maxEnded = 1000

interface StoredSessions {
  /** Sessions that expire up to this moment have ended. */
  readonly before: number
  /** When each session would have expired, by id. */
  readonly ended: Readonly<Record<string, number>>
}

export function openEndedSessions({file, sessionMs, onProblem, now}: EndedSessionsOptions): EndedSessions {
  const stored = file === null ? null : readStored(file, now() + sessionMs)
  let before = stored?.before ?? 0
  const ended = new Map(Object.entries(stored?.ended ?? {}))

  function save(): void {
    if (file === null) return
    const temporaryFile = `${file}.${process.pid}.new`
    try {
      const content: StoredSessions = {before, ended: Object.fromEntries(ended)}
      writeFileSync(temporaryFile, JSON.stringify(content), {mode: 0o600})
      renameSync(temporaryFile, file)
    } catch (error) {
      onProblem(error)
    }
  }

  return {
    has: async (id, expiresAt) => expiresAt <= before || ended.has(id),
    async add(id, expiresAt) {
      for (const [other, until] of ended) if (until <= now()) ended.delete(other)
      if (ended.size < maxEnded) ended.set(id, expiresAt)
      else {
        before = now() + sessionMs
        ended.clear()
      }
      save()
    },
  }
}

/**
 * What a file has. One that cannot be read has ended all sessions.
 * @param latest when the newest possible session expires
 */
export function readStored(file: string, latest: number): StoredSessions {
  if (!existsSync(file)) return {before: 0, ended: {}}
  try {
    const {before, ended} = JSON.parse(readFileSync(file, 'utf8')) as StoredSessions
    if (typeof before === 'number' && typeof ended === 'object' && ended !== null) return {before, ended}
  } catch {
    // Handled like a damaged file.
  }
  return {before: latest, ended: {}}
}
