/** The catalog of a transcripts file lies beside it. */
export function catalogFileOf(transcriptsFile: string): string {
  return transcriptsFile.replace(/(?:\.sqlite)?$/, '-catalog.sqlite')
}
