import {type Logger, pino} from 'pino'
import pretty from 'pino-pretty'
import {cleanJson, escapedJson} from '../../lib/clean-text.ts'
import type {Settings} from '../../settings/index.ts'

/** Opens the log on standard error: readable text on a terminal, otherwise JSON lines. */
export function openServerLog({logLevel}: Settings): Logger {
  const {isTTY} = process.stderr
  return pino(
    {
      level: logLevel,
      base: null,
      // It contains paths, names and messages from outside.
      hooks: {streamWrite: isTTY ? cleanJson : escapedJson},
    },
    isTTY ? pretty({destination: 2, sync: true, colorize: true}) : pino.destination({dest: 2, sync: true}),
  )
}
