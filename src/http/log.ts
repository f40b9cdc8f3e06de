/** The part of a pino logger that this room uses. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Says nothing. */
export const silentLog: Log = {debug() {}, info() {}, warn() {}, error() {}}
