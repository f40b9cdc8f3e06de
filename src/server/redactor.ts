import {createRedactor, type Redactor} from '../redaction/index.ts'
import type {Settings} from '../settings/index.ts'

/** For what visitors write, before it is stored. */
export function redactorOf({
  transcriptsRedact: kinds,
  transcriptsRedactPatterns: patterns,
}: Settings): Redactor {
  return createRedactor({kinds, patterns})
}

/** For what leaves the server: it replaces all kinds, whichever of them the transcripts keep. */
export function exportRedactorOf({transcriptsRedactPatterns: patterns}: Settings): Redactor {
  return createRedactor({patterns})
}
