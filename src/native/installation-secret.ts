import {randomBytes} from 'node:crypto'
import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'

const secretBytes = 32

/**
 * Random bytes that are this installation's alone: made at its first start and kept in `file`, for its owner only, so
 * that they outlive a restart. Where the file cannot be written they last as long as the process, and `onProblem` is
 * told why.
 */
export function installationSecret(file: string, onProblem: (reason: string) => void): Buffer {
  const kept = readSecret(file)
  if (kept !== null) return kept
  const secret = randomBytes(secretBytes)
  const draft = `${file}.${process.pid}.new`
  try {
    // Moved into place as a whole: a start that is killed leaves no half of one.
    writeFileSync(draft, `${secret.toString('hex')}\n`, {mode: 0o600, flag: 'wx'})
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, {force: true})
    onProblem((error as Error).message)
  }
  return secret
}

/** Null where there is none, or something else. */
function readSecret(file: string): Buffer | null {
  try {
    const text = readFileSync(file, 'utf8').trim()
    return /^[\da-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : null
  } catch {
    return null
  }
}
