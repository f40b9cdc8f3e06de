/** What the module of a command exports. */
export interface Command {
  /**
   * Runs the command.
   * @param args the arguments after the command's name.
   * @returns the exit code: 0 done, 1 failed, 2 bad usage or settings.
   */
  run(args: readonly string[]): Promise<number>
}
