import {type Logger, pino} from 'pino'
import pretty from 'pino-pretty'
import {cleanJson, escapedJson} from '../../lib/clean-text.ts'
import type {Settings} from '../../settings/index.ts'

/** The log on standard error: for people on a terminal, else JSON lines. */
export function openServerLog({logLevel}: Settings): Logger {
  const {isTTY} = process.stderr
  return pino(
    {
      level: logLevel,
      base: null,
      // Paths, names and messages of others are in it.
      hooks: {streamWrite: isTTY ? cleanJson : escapedJson},
    },
    isTTY ? pretty({destination: 2, sync: true, colorize: true}) : pino.destination({dest: 2, sync: true}),
  )
}
