import type {Queries} from '../../postgres/index.ts'

/** What a build consists of, besides its manifest. */
export interface ArchivedFile {
  readonly name: string
  readonly bytes: number
}

/** Where the files of builds are kept for all servers. */
export interface BuildArchive {
  readonly keptIn: 'database' | 'folder'
  /**
   * Copies the files of a build from a folder of this machine. Others see it when what is returned has run in the
   * transaction that adds the build.
   * @throws DocentError `storage`; the signal's reason.
   */
  store(
    id: string,
    folder: string,
    files: readonly ArchivedFile[],
  ): Promise<(queries: Queries) => Promise<void>>
  /**
   * Copies the files of a build into a folder of this machine, where some of them may be already, not all of them whole.
   * The caller compares their checksums with the manifest.
   * @param base a folder with an older build, whose equal parts are not copied again; null without one
   * @throws DocentError `storage` where they cannot be had; the signal's reason.
   */
  fetch(
    id: string,
    files: readonly ArchivedFile[],
    to: {readonly folder: string; readonly base: string | null; readonly signal?: AbortSignal},
  ): Promise<void>
  /** Removes what belongs to no build any more. Only who has the lock calls it. @throws DocentError `storage`. */
  collect(): Promise<void>
}
