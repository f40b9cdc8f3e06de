import {createRedactor, type RedactorRecipe} from '../redaction/index.ts'
import {storageError} from './open-database.ts'
import type {MemoryRecord} from './overlay.ts'
import type {StaffReads} from './staff-reads.ts'
import type {ReadOptions, Transcript, TranscriptFilter, TranscriptStore} from './transcript-store.ts'

/** `StaffReads` as promises, in this process or another. */
export type AsyncStaffReads = {
  readonly [Name in keyof StaffReads]: (
    ...args: Parameters<StaffReads[Name]>
  ) => Promise<ReturnType<StaffReads[Name]>>
}

/** Reads done in this process. @throws DocentError `storage` for what SQLite throws on the file. */
export function asyncReads(reads: StaffReads, file: string): AsyncStaffReads {
  const {list, ids, read, material, asked, analytics, pageFigures, values} = reads
  const done =
    <Args extends unknown[], Result>(read: (...args: Args) => Result) =>
    async (...args: Args): Promise<Result> => {
      try {
        return read(...args)
      } catch (error) {
        throw storageError(error, file)
      }
    }
  return {
    list: done(list),
    ids: done(ids),
    read: done(read),
    material: done(material),
    asked: done(asked),
    analytics: done(analytics),
    pageFigures: done(pageFigures),
    values: done(values),
  }
}

/** Answers in memory that are not, or not completely, in the database. */
export interface ReadMemory {
  /** Called before each read. Resolves when everything that can be written is written. */
  flush(): Promise<void>
  /**
   * Called after `flush` before a read that searches. Resolves when what is searched is up to date, with how many answers
   * from before there was a catalog are missing, at most.
   */
  catalogue(): Promise<number>
  /** How many are missing now: a read that found the catalog damaged had it made anew. */
  missing(): number
  /** For lists. */
  summaries(): readonly MemoryRecord[]
  /** Complete records of these answers. */
  of(answerIds: readonly string[]): readonly MemoryRecord[]
}

const nothingInMemory: ReadMemory = {
  flush: async () => {},
  catalogue: async () => 0,
  missing: () => 0,
  summaries: () => [],
  of: () => [],
}

export type TranscriptReader = Pick<
  TranscriptStore,
  'list' | 'get' | 'material' | 'asked' | 'export' | 'analytics' | 'pageFigures' | 'values'
>

export interface ReaderOptions {
  /** Default: none, for a file that others write. */
  readonly memory?: ReadMemory
  /** Of reads that are redacted; default: all kinds, see `createRedactor`. */
  readonly redaction?: RedactorRecipe
}

/** The read part of the store. Reads may run in another process. */
export function createTranscriptReader(
  reads: AsyncStaffReads,
  {memory = nothingInMemory, redaction = createRedactor().recipe}: ReaderOptions = {},
): TranscriptReader {
  const recipeOf = ({redacted = false}: ReadOptions) => (redacted ? redaction : null)

  async function* exported(filter: TranscriptFilter, options: ReadOptions = {}): AsyncGenerator<Transcript> {
    let after: number | null = null
    do {
      await memory.flush()
      await memory.catalogue()
      const page = await reads.ids(filter, after, memory.summaries())
      let left = page.ids
      while (left.length > 0) {
        const found = await reads.read(left, memory.of(left), recipeOf(options))
        for (const transcript of found) if (transcript !== null) yield transcript
        left = left.slice(found.length)
      }
      after = page.next
    } while (after !== null)
  }

  return {
    async list(filter, page = {}) {
      await memory.flush()
      const before = await memory.catalogue()
      const found = await reads.list(filter, page, memory.summaries())
      const remaining = Math.max(before, memory.missing())
      return {...found, cataloguing: remaining === 0 ? null : {remaining}}
    },
    async get(answerId, options = {}) {
      await memory.flush()
      const [transcript = null] = await reads.read([answerId], memory.of([answerId]), recipeOf(options))
      return transcript
    },
    async material(answerId) {
      await memory.flush()
      return reads.material(answerId)
    },
    async asked(refs) {
      await memory.flush()
      return reads.asked(refs)
    },
    export: exported,
    async analytics(request) {
      await memory.flush()
      await memory.catalogue()
      return reads.analytics(request)
    },
    async pageFigures(request) {
      await memory.flush()
      await memory.catalogue()
      return reads.pageFigures(request)
    },
    async values(kind, limit) {
      await memory.flush()
      await memory.catalogue()
      return reads.values(kind, limit)
    },
  }
}
