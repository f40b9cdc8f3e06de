import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {openPostgres, type Postgres} from '../../src/postgres/index.ts'
import {freePort} from './free-port.ts'

/** A PostgreSQL of its own, in a temporary folder. */
export interface PostgresCluster {
  readonly port: number
  /** The address of a new, empty database. */
  newDatabase(): Promise<string>
  /** Ends it as `kill -9` does, with all its processes. */
  kill(): Promise<void>
  /** Starts it again after `kill` or `stop`, on the same port and with the same data. */
  start(): Promise<void>
  /** Ends it in order; connections are cut. */
  stop(): Promise<void>
  /** Ends it and removes its folder. */
  close(): Promise<void>
}

/** The programs of the newest PostgreSQL of this machine; null where there is none. */
export function postgresPrograms(): string | null {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root) : []
  const newest = versions.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a))[0]
  const folder = newest === undefined ? null : join(root, newest, 'bin')
  return folder !== null && existsSync(join(folder, 'initdb')) ? folder : null
}

/** Whether tests with a real PostgreSQL can run here; CI has it. */
export const hasPostgres = postgresPrograms() !== null
if (!hasPostgres)
  console.warn('Skipped: tests with a real PostgreSQL, which is not installed (apt-get install postgresql).')

/** PostgreSQL refuses to run as root. */
function asWhom(): {readonly uid?: number; readonly gid?: number} {
  if (userInfo().uid !== 0) return {}
  const of = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], {encoding: 'utf8'}))
  return {uid: of('-u'), gid: of('-g')}
}

/** @param options settings of the server, as `max_connections=20` */
export async function startPostgres(...options: readonly string[]): Promise<PostgresCluster> {
  const programs = postgresPrograms()
  if (programs === null) throw new Error('PostgreSQL is not installed')
  const whom = asWhom()
  const folder = mkdtempSync(join(tmpdir(), 'docent-postgres-'))
  if (whom.uid !== undefined) execFileSync('chown', ['postgres:postgres', folder])
  const data = join(folder, 'data')
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'docent', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
    {...whom, stdio: 'ignore'},
  )
  const port = await freePort()
  let server: ChildProcess | null = null
  let databases = 0
  const addressOf = (name: string) => `postgres://docent@127.0.0.1:${port}/${name}`

  async function start(): Promise<void> {
    const settings = ['fsync=off', 'shared_buffers=16MB', 'max_connections=200', ...options]
    const args = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1']
    server = spawn(join(programs!, 'postgres'), [...args, ...settings.flatMap((one) => ['-c', one])], {
      ...whom,
      stdio: 'ignore',
      detached: true,
    })
    for (;;) {
      const postgres = await openPostgres({url: addressOf('postgres'), connections: 1})
      const isUp = await postgres.row('SELECT 1').catch(() => null)
      await postgres.close()
      if (isUp !== null) return
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`)
      await delay(50)
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server
    server = null
    if (ending === null || ending.exitCode !== null) return
    const ended = new Promise((resolve) => ending.once('exit', resolve))
    // SIGKILL goes to the whole group, or its workers would keep the memory of the old one.
    process.kill(signal === 'SIGKILL' ? -ending.pid! : ending.pid!, signal)
    await ended
  }

  await start()
  return {
    port,
    async newDatabase() {
      const postgres = await openPostgres({url: addressOf('postgres'), connections: 1})
      const name = `docent_${++databases}`
      await postgres.run(`CREATE DATABASE ${name}`)
      await postgres.close()
      return addressOf(name)
    },
    kill: () => end('SIGKILL'),
    start,
    // "Fast": connections are cut.
    stop: () => end('SIGINT'),
    async close() {
      await end('SIGKILL')
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

/** Opens a new database of the cluster. */
export async function newPostgres(cluster: PostgresCluster): Promise<Postgres> {
  return openPostgres({url: await cluster.newDatabase()})
}
