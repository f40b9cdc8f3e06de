/** What the module of a command exports. */
export interface Command {
  /**
   * Runs to its end.
   * @param args What stands after the command's name.
   * @returns The exit code: 0 done, 1 it could not be done, 2 bad usage or settings.
   */
  run(args: readonly string[]): Promise<number>
}
