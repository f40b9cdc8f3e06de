import {type ChildPool, type ChildPoolOptions, openChildPool} from './child-pool.ts'

/** How long `whilePaused` waits for tasks. */
const maxPauseWaitMs = 1_000

/** A child pool whose children end when nothing has used it for a while, and start again with the next use. */
export class IdlePool<Task, Result> {
  readonly #options: ChildPoolOptions
  readonly #idleMs: number
  #pool: ChildPool<Task, Result> | null = null
  #underWay = 0
  #idle: NodeJS.Timeout | undefined
  #isClosed = false

  /** @param idleMs how long it is kept without use, in milliseconds. */
  constructor(options: ChildPoolOptions, idleMs: number) {
    this.#options = options
    this.#idleMs = idleMs
  }

  /** The pool, if one is open. */
  get open(): ChildPool<Task, Result> | null {
    return this.#pool
  }

  get isInUse(): boolean {
    return this.#underWay > 0
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Keeps the pool open at least until the work is done. Call it only while this is not closed. */
  async use<T>(work: (pool: ChildPool<Task, Result>) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle)
    this.#underWay++
    try {
      this.#pool ??= openChildPool(this.#options)
      return await work(this.#pool)
    } finally {
      this.#underWay--
      if (!this.isInUse && !this.#isClosed)
        this.#idle = setTimeout(() => void this.#end(), this.#idleMs).unref()
    }
  }

  /** Runs `work` while no child has a task, or anyway if the tasks under way take too long. */
  async whilePaused(work: () => void | Promise<void>): Promise<void> {
    if (this.#pool === null) return work()
    const paused = this.#pool.pause()
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, maxPauseWaitMs)
    })
    await Promise.race([paused, tooLong])
    clearTimeout(timer)
    try {
      await work()
    } finally {
      void paused.then((resume) => resume())
    }
  }

  /** Ends every child; work under way fails. Resolves when no child is left. */
  close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#idle)
    return this.#end()
  }

  async #end(): Promise<void> {
    const ended = this.#pool?.close()
    this.#pool = null
    await ended
  }
}
