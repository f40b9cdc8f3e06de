import {randomBytes} from 'node:crypto'
import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'

const secretBytes = 32

/**
 * The secret random bytes of this installation, created at its first start and stored in `file`, which only its owner can
 * read. If the file cannot be written they last as long as the process, and `onProblem` is called with the reason.
 */
export function installationSecret(file: string, onProblem: (reason: string) => void): Buffer {
  const stored = readSecret(file)
  if (stored !== null) return stored
  const secret = randomBytes(secretBytes)
  const draft = `${file}.${process.pid}.new`
  try {
    // Renamed into place, so a start that is killed leaves no partial file.
    writeFileSync(draft, `${secret.toString('hex')}\n`, {mode: 0o600, flag: 'wx'})
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, {force: true})
    onProblem((error as Error).message)
  }
  return secret
}

/** Null if there is no file, or no secret in it. */
function readSecret(file: string): Buffer | null {
  try {
    const text = readFileSync(file, 'utf8').trim()
    return /^[\da-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : null
  } catch {
    return null
  }
}
