import {type DestinationStream, type Logger, pino} from 'pino'
import pretty from 'pino-pretty'
import {cleanJson, escapedJson} from '../../lib/clean-text.ts'
import type {Settings} from '../../settings/index.ts'

/**
 * Opens the log on standard error: readable text on a terminal, otherwise JSON lines.
 * @param lines where JSON lines go. Default: to standard error at once, for which the process waits.
 */
export function openServerLog({logLevel}: Settings, lines?: DestinationStream): Logger {
  const {isTTY} = process.stderr
  return pino(
    {
      level: logLevel,
      base: null,
      // It contains paths, names and messages from outside.
      hooks: {streamWrite: isTTY ? cleanJson : escapedJson},
    },
    isTTY
      ? pretty({destination: 2, sync: true, colorize: true})
      : (lines ?? pino.destination({dest: 2, sync: true})),
  )
}
