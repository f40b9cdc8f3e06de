import {DocentError, shuttingDown} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {createQuestionReads} from './asked-questions.ts'
import {catalogFileOf} from './catalog/catalog-file.ts'
import {openCatalogProcess} from './catalog/catalog-process.ts'
import {createCatalogReads} from './catalog/catalog-reads.ts'
import {createCatalogTables} from './catalog/catalog-schema.ts'
import {createCatalogWriter} from './catalog/catalog-writer.ts'
import {createMaterialReads} from './material-reads.ts'
import {openReaderProcess} from './reader-process.ts'
import {createStaffReads} from './staff-reads.ts'
import {type AsyncStaffReads, asyncReads} from './transcript-reader.ts'
import {createTranscriptReads} from './transcript-reads.ts'

/** Reads for staff, with the catalog that they need. */
export interface CataloguedReads {
  readonly reads: AsyncStaffReads
  /** Call it when something was written to the file by `db`. */
  written(): void
  /**
   * Brings the catalog up to date. Resolves with how many answers from before it are missing, at most. @throws DocentError
   * `storage` if there is none and none can be made, `shutting_down` once closed; an older one is read as it is.
   */
  catalogue(): Promise<number>
  /** How many answers from before the catalog are missing now, at most: it may have been made anew. */
  readonly left: number
  /** Makes the catalog forget what was removed from the file, as soon as it can. */
  forgetRemoved(): Promise<void>
  /** Whether the catalog keeps nothing of what `forgetRemoved` was called for. */
  readonly isErased: boolean
  /** Runs `work` while no other process reads the file, or anyway if a current read takes too long. */
  whileIdle(work: () => void): Promise<void>
  /** Whether a process has been started. */
  readonly isOpen: boolean
  /** Ends the processes. Resolves when they have closed the file. */
  close(): Promise<void>
}

export interface CataloguedReadsOptions {
  readonly file: string
  /** The connection that writes the file. */
  readonly db: SqliteDatabase
  /** Called with the reason when the catalog cannot be written, and with null when it can again. */
  readonly onProblem: (reason: string | null) => void
}

/** So many changes wait at most for a catalog that cannot follow: it then goes through the whole file again. */
const maxChanges = 1_000_000
const prunedAtOnce = 1_000

/** In child processes, so that no read and no catalogue work delays a stream; within this one for a file in memory. */
export function openCataloguedReads(options: CataloguedReadsOptions): CataloguedReads {
  return options.file === ':memory:' ? inMemory(options) : inProcesses(options)
}

function inProcesses({file, db, onProblem}: CataloguedReadsOptions): CataloguedReads {
  const files = {transcripts: file, catalog: catalogFileOf(file)}
  const readers = openReaderProcess(files, {onCatalogDamaged: () => catalog.remake()})
  const lastChange = db.prepare<[], number>('SELECT ifnull(max(seq), 0) FROM changes').pluck()
  const prune = db.prepare(
    'DELETE FROM changes WHERE seq < @upTo AND seq < (SELECT min(seq) FROM changes) + @atOnce',
  )
  /** The catalog has forgotten what was removed when it has seen this change. */
  let removal = 0
  let isErased = true
  let isClosed = false

  const catalog = openCatalogProcess({
    ...files,
    onProblem,
    onStep({change, isErased: isAllErased}) {
      isErased ||= isAllErased && change >= removal
      try {
        // The last one stays: by it the catalog knows the file again.
        prune.run({upTo: Math.max(change, lastChange.get()! - maxChanges), atOnce: prunedAtOnce})
      } catch {
        // Another process writes; the next step tries again.
      }
    },
  })
  // What another process or an earlier version has changed.
  catalog.changed()

  return {
    reads: readers.reads,
    written: catalog.written,
    async catalogue() {
      if (isClosed) throw shuttingDown()
      const state = await catalog.reach(lastChange.get()!)
      if (state !== null) return state.left
      if (catalog.problem === null) throw shuttingDown()
      throw new DocentError('storage', `The catalog of transcripts cannot be written: ${catalog.problem}`)
    },
    get left() {
      return catalog.left
    },
    async forgetRemoved() {
      isErased = false
      if (isClosed) return
      removal = lastChange.get()!
      await catalog.reach(removal)
    },
    get isErased() {
      return isErased
    },
    whileIdle: (work) => catalog.whileIdle(() => readers.whileIdle(work)),
    get isOpen() {
      return catalog.isOpen || readers.isOpen
    },
    async close() {
      isClosed = true
      await Promise.all([catalog.close(), readers.close()])
    },
  }
}

function inMemory({file, db}: CataloguedReadsOptions): CataloguedReads {
  createCatalogTables(db)
  const writer = createCatalogWriter({transcripts: db, catalog: db})
  const catchUp = async (): Promise<void> => {
    writer.catchUp(Number.POSITIVE_INFINITY)
  }
  return {
    reads: asyncReads(
      createStaffReads(
        createTranscriptReads(db),
        createCatalogReads(db),
        createQuestionReads(db),
        createMaterialReads(db),
      ),
      file,
    ),
    written: () => {},
    async catalogue() {
      await catchUp()
      return 0
    },
    left: 0,
    forgetRemoved: catchUp,
    isErased: true,
    whileIdle: async (work) => work(),
    isOpen: false,
    close: async () => {},
  }
}
