import {setTimeout as delay} from 'node:timers/promises'
import type {Client, ClientConfig, Notification, Pool, PoolClient} from 'pg'
import {DocentError} from '../domain/index.ts'
import {within} from '../lib/within.ts'
import {postgresError} from './postgres-error.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; also with the options of libpq, as `?sslmode=verify-full`. */
  readonly url: string
  /** Maximum connections of this process, besides one that listens; default 10. */
  readonly connections?: number
  /** Maximum milliseconds for a connection to be made or to become free; default 2,000. */
  readonly connectMs?: number
  /** Maximum milliseconds of one statement; default 10,000. */
  readonly statementMs?: number
}

/** What can be asked within a transaction, or outside of one. */
export interface Queries {
  /** Rows as objects by the names of their columns; `bigint` as numbers. @throws DocentError `storage`. */
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** The first row; null without one. @throws DocentError `storage`. */
  row<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row | null>
  /** @returns how many rows were changed. @throws DocentError `storage`. */
  run(sql: string, values?: readonly unknown[]): Promise<number>
}

/** A pool of connections to one PostgreSQL, and one more that listens. */
export interface Postgres extends Queries {
  /**
   * Runs `work` in a transaction, which is rolled back if it rejects.
   * @throws DocentError `storage`, and whatever `work` rejects with.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /**
   * Calls `onMessage` with what is notified on a channel, from any process. The connection is made again whenever it breaks
   * off: then `onGap` is called, since messages may have been missed, and at first.
   * @returns a function that ends it.
   */
  listen(channel: string, onMessage: (payload: string) => void, onGap?: () => void): () => void
  /** Sends a message of less than 8,000 bytes to all who listen. @throws DocentError `storage`. */
  notify(channel: string, payload: string): Promise<void>
  /** Waits for what is being asked, and closes all connections. Idempotent. */
  close(): Promise<void>
}

/** How long a connection is waited for that does not end, in milliseconds. */
const closeMs = 3_000
const bigintType = 20
const firstRetryMs = 100
const maxRetryMs = 2_000
/** How often a silent connection that listens is asked whether it is still there. */
const pingMs = 10_000

/** Numbers of 64 bits as numbers: all that are kept are whole numbers below 2^53. */
const types: NonNullable<ClientConfig['types']> = {
  getTypeParser(id: number, format?: 'text' | 'binary') {
    return id === bigintType ? Number : parserOf(id, format)
  },
}
let parserOf: (id: number, format?: 'text' | 'binary') => (text: string) => unknown

/**
 * Opens a pool. No connection is made before the first query, and a server that cannot be reached is tried again with each:
 * nothing here keeps the process from starting.
 * @throws DocentError `config` for an address that cannot be read.
 */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const {connections = 10, connectMs = 2_000, statementMs = 10_000} = options
  const {default: pg} = await import('pg')
  parserOf = pg.types.getTypeParser as typeof parserOf
  const config: ClientConfig = {
    connectionString: options.url,
    application_name: 'docent',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    types,
  }
  let pool: Pool
  try {
    pool = new pg.Pool({
      ...config,
      max: connections,
      idleTimeoutMillis: 30_000,
      // The server ends what takes too long, also between two statements of a transaction, so that no lock stays behind; and this
      // process does not wait for a server that hangs. Not as parameters of the connection, which PgBouncer refuses.
      query_timeout: statementMs + 1_000,
      onConnect: async (client) => {
        await client.query(
          `SET statement_timeout = ${statementMs}; SET idle_in_transaction_session_timeout = ${statementMs}`,
        )
      },
    })
  } catch (cause) {
    throw new DocentError('config', 'DATABASE_URL is not the address of a PostgreSQL database', {cause})
  }
  // A connection that breaks off while nobody uses it is replaced when one is needed.
  pool.on('error', () => {})
  const listener = createListener(() => new pg.Client({...config, query_timeout: statementMs + 1_000}))
  let closing: Promise<void> | null = null

  async function transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await connected(pool)
    let broken: Error | undefined
    // Between two statements a connection that breaks off has nobody else to tell.
    const onError = (error: Error) => {
      broken = error
    }
    client.on('error', onError)
    const queries = queriesOf(client)
    try {
      // Some statements rely on seeing what others have committed since.
      await queries.run('BEGIN ISOLATION LEVEL READ COMMITTED')
      const result = await work(queries)
      await queries.run('COMMIT')
      return result
    } catch (error) {
      // A connection that does not answer, or cannot even roll back, is not used again.
      if (isWithoutReply(error)) broken ??= error
      else
        await client.query('ROLLBACK').catch((failure: Error) => {
          broken ??= failure
        })
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  return {
    ...queriesOf(pool),
    transaction,
    listen: listener.listen,
    async notify(channel, payload) {
      await queriesOf(pool).run('SELECT pg_notify($1, $2)', [channel, payload])
    },
    async close() {
      closing ??= Promise.all([listener.close(), within(closeMs, pool.end(), () => {})]).then(() => {})
      await closing
    },
  }
}

async function connected(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw postgresError(error)
  }
}

/** Whether a query failed without a word of the server. */
function isWithoutReply(error: unknown): error is DocentError {
  return error instanceof DocentError && error.code === 'storage' && error.details['postgres'] === undefined
}

function queriesOf(client: Pick<Pool | PoolClient, 'query'>): Queries {
  async function asked(sql: string, values: readonly unknown[] = []) {
    try {
      return await client.query(sql, [...values])
    } catch (error) {
      throw postgresError(error)
    }
  }
  return {
    rows: async <Row extends object>(sql: string, values?: readonly unknown[]) =>
      (await asked(sql, values)).rows as Row[],
    row: async <Row extends object>(sql: string, values?: readonly unknown[]) =>
      ((await asked(sql, values)).rows[0] as Row | undefined) ?? null,
    run: async (sql, values) => (await asked(sql, values)).rowCount ?? 0,
  }
}

interface Listener {
  listen: Postgres['listen']
  close(): Promise<void>
}

interface Subscription {
  readonly onMessage: (payload: string) => void
  readonly onGap: () => void
}

/** One connection for all channels, made with the first and kept until the last one ends. */
function createListener(newClient: () => Client): Listener {
  const channels = new Map<string, Set<Subscription>>()
  const closing = new AbortController()
  const whenClosing = new Promise<void>((resolve) => {
    closing.signal.addEventListener('abort', () => resolve(), {once: true})
  })
  let client: Client | null = null
  /** The last thing that was asked of the connection: one at a time. */
  let asked: Promise<unknown> = Promise.resolve()
  let running: Promise<void> | null = null

  const quoted = (channel: string) => `"${channel.replaceAll('"', '""')}"`

  /** @throws what the connection rejects with. */
  function ask(of: Client, sql: string): Promise<unknown> {
    const asking = asked.then(() => of.query(sql))
    asked = asking.catch(() => {})
    return asking
  }

  /** Listens until the connection breaks off. */
  async function session(): Promise<void> {
    const current = newClient()
    const ended = new Promise<void>((resolve) => {
      current.once('end', resolve)
      current.on('error', () => resolve())
    })
    current.on('notification', ({channel, payload = ''}: Notification) => {
      for (const {onMessage} of channels.get(channel) ?? []) onMessage(payload)
    })
    try {
      await current.connect()
      for (const channel of channels.keys()) await ask(current, `LISTEN ${quoted(channel)}`)
      client = current
      for (const subscriptions of channels.values()) for (const {onGap} of subscriptions) onGap()
      // A peer that vanished without a word is noticed by this alone.
      const ping = setInterval(() => {
        const late = setTimeout(() => void current.end().catch(() => {}), pingMs / 2)
        ask(current, 'SELECT 1').then(
          () => clearTimeout(late),
          () => clearTimeout(late),
        )
      }, pingMs)
      ping.unref?.()
      await Promise.race([ended, whenClosing])
      clearInterval(ping)
    } finally {
      client = null
      await within(closeMs, current.end(), () => {}).catch(() => {})
    }
  }

  async function run(): Promise<void> {
    let retryMs = firstRetryMs
    while (!closing.signal.aborted) {
      const began = performance.now()
      await session().catch(() => {})
      if (performance.now() - began > maxRetryMs) retryMs = firstRetryMs
      await delay(retryMs, undefined, {signal: closing.signal, ref: false}).catch(() => {})
      retryMs = Math.min(maxRetryMs, retryMs * 2)
    }
  }

  return {
    listen(channel, onMessage, onGap = () => {}) {
      const subscription = {onMessage, onGap}
      const others = channels.get(channel)
      if (others !== undefined) {
        others.add(subscription)
        if (client !== null) onGap()
      } else {
        channels.set(channel, new Set([subscription]))
        if (client !== null) ask(client, `LISTEN ${quoted(channel)}`).then(onGap, () => {})
      }
      running ??= run()
      return () => {
        const all = channels.get(channel)
        if (all?.delete(subscription) !== true || all.size > 0) return
        channels.delete(channel)
        if (client !== null) ask(client, `UNLISTEN ${quoted(channel)}`).catch(() => {})
      }
    },
    async close() {
      closing.abort()
      await running
    },
  }
}
