import {type Redactor, redactValue} from '../redaction/index.ts'
import type {Log} from './log.ts'

/** A log whose facts and messages are redacted: an error may quote what a visitor wrote, and so may a path. */
export function redactedLog(log: Log, redactor: Redactor): Log {
  const write =
    (level: keyof Log) =>
    (facts: object, message: string): void =>
      log[level](redactValue(facts, redactor), redactValue(message, redactor))
  return {debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error')}
}
