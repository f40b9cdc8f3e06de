import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {routes} from '../../src/http/routes.ts'
import {settingsFrom, settingsTable} from '../../src/settings/settings.ts'
import {yamlOf} from '../support/yaml.ts'
import {
  copyOf,
  environmentOf,
  execForm,
  healthCommandOf,
  isIgnored,
  stagesOf,
  valuesOf,
} from './dockerfile.ts'

/** What can be seen without a container engine. `npm run test:container` follows the steps. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const stages = stagesOf(join(root, 'Dockerfile'))
const image = stages.at(-1)!
const ignore = readFileSync(join(root, '.dockerignore'), 'utf8')
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const settingNames = settingsTable.map(({name}) => name)

describe('the Dockerfile', () => {
  test('copies only what the build context has', () => {
    const sources = stages.flatMap((stage) =>
      valuesOf(stage, 'COPY')
        .map(copyOf)
        .filter(({from}) => from === null)
        .flatMap((copy) => copy.sources),
    )

    expect(sources.length).toBeGreaterThan(5)
    expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([])
    expect(sources.filter((path) => isIgnored(ignore, path))).toEqual([])
  })

  test('takes the rest from stages before', () => {
    const known = new Set<string | null>([null])
    for (const stage of stages) {
      const unknown = valuesOf(stage, 'COPY')
        .map(copyOf)
        .filter(({from}) => !known.has(from))
      expect(unknown).toEqual([])
      known.add(stage.name)
    }
  })

  test('sends neither secrets nor what a container makes itself to the engine', () => {
    const paths = [
      '.env',
      '.env.local',
      'src/.env',
      '.git/config',
      'data/transcripts.sqlite',
      'node_modules/zod',
      'dist/web',
    ]

    expect(paths.filter((path) => !isIgnored(ignore, path))).toEqual([])
    // A list of what may be sent: a new folder is left out until somebody says otherwise.
    expect(
      readdirSync(root)
        .filter((path) => !isIgnored(ignore, path))
        .sort(),
    ).toEqual([
      'LICENSE',
      'bin',
      'content',
      'models',
      'package-lock.json',
      'package.json',
      'packages',
      'scripts',
      'src',
      'tsconfig.json',
    ])
  })

  test('runs npm scripts that exist, on a Node that the package is for', () => {
    const scripts = stages
      .flatMap((stage) => valuesOf(stage, 'RUN'))
      .flatMap((command) => [...command.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!))
    const majors = stages.map(({from}) => Number(/^node:(\d+)-/.exec(from)?.[1]))

    expect(scripts).not.toEqual([])
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([])
    // Native packages of one stage run in the other.
    expect(new Set(majors).size).toBe(1)
    expect([22, 24, 26]).toContain(majors[0])
  })

  test('sets settings that exist', () => {
    const names = Object.keys(environmentOf(valuesOf(image, 'ENV')))

    expect(names).toContain('DATA_DIR')
    expect(names.filter((name) => name !== 'NODE_ENV' && !settingNames.includes(name))).toEqual([])
  })

  test('runs Node itself as a user without rights, with its data in a volume', () => {
    const {DATA_DIR} = environmentOf(valuesOf(image, 'ENV'))
    const [program, file] = execForm(valuesOf(image, 'CMD')[0]!)
    const copied = valuesOf(image, 'COPY').flatMap((value) => copyOf(value).sources)

    expect(valuesOf(image, 'USER')).toEqual(['node'])
    expect(valuesOf(image, 'VOLUME')).toEqual([DATA_DIR])
    expect(program).toBe('node')
    expect(copied).toContain(file!.split('/')[0])
  })

  test('checks its health at a route that there is', () => {
    const command = healthCommandOf(valuesOf(image, 'HEALTHCHECK')[0]!).join(' ')
    const asked = /\}(\/\w+)`/.exec(command)?.[1]

    expect(routes.map(({path}) => path)).toContain(asked)
  })
})

describe('compose.yaml', () => {
  interface Service {
    readonly environment: Readonly<Record<string, string | number>>
    readonly volumes: readonly string[]
    readonly ports: readonly string[]
    readonly stop_grace_period: string
    readonly init: boolean
    readonly read_only: boolean
    readonly profiles?: readonly string[]
    readonly depends_on?: object
  }
  const {services, volumes} = yamlOf(readFileSync(join(root, 'compose.yaml'), 'utf8')) as {
    readonly services: Readonly<Record<'docent' | 'one' | 'two' | 'balancer' | 'database', Service>>
    readonly volumes: object
  }
  const {docent, one, two, balancer, database} = services

  test('sets settings that exist, and the paths of the image', () => {
    const ofImage = environmentOf(valuesOf(image, 'ENV'))
    const {CONTENT_DIR, DATA_DIR, HOST} = docent.environment

    expect(Object.keys(docent.environment).filter((name) => !settingNames.includes(name))).toEqual([])
    expect({CONTENT_DIR, DATA_DIR, HOST}).toEqual({
      CONTENT_DIR: ofImage['CONTENT_DIR'],
      DATA_DIR: ofImage['DATA_DIR'],
      HOST: ofImage['HOST'],
    })
  })

  test('mounts the docs to be read only, and one volume to be written', () => {
    const {CONTENT_DIR, DATA_DIR} = docent.environment
    const writable = docent.volumes.filter((mount) => !mount.endsWith(':ro'))

    expect(docent.volumes).toContain(`\${CONTENT_DIR:-./content}:${CONTENT_DIR}:ro`)
    expect(writable).toEqual([`data:${DATA_DIR}`])
    expect(Object.keys(volumes)).toContain('data')
    expect([docent.init, docent.read_only]).toEqual([true, true])
  })

  test('publishes the port that is listened on, to this machine alone', () => {
    expect(docent.ports).toEqual([`127.0.0.1:\${PORT:-3000}:${docent.environment['PORT']}`])
    expect(valuesOf(image, 'EXPOSE')).toEqual([String(docent.environment['PORT'])])
  })

  test('waits longer for a stop than answers may take for it', () => {
    const grace = settingsTable.find(({name}) => name === 'SHUTDOWN_GRACE_MS')!

    expect(Number.parseInt(docent.stop_grace_period, 10) * 1000).toBeGreaterThan(Number(grace.fallback))
  })

  test('starts one server alone, and two on one database behind nginx by its profile', () => {
    const alone = Object.entries(services).filter(([, {profiles}]) => profiles === undefined)
    expect(alone.map(([name]) => name)).toEqual(['docent'])
    const {profiles, environment, volumes: _, ports: none, depends_on, ...others} = one
    expect(none).toBeUndefined()
    expect(others).toEqual(Object.fromEntries(Object.keys(others).map((key) => [key, docent[key as 'init']])))
    expect({...two, volumes: null}).toEqual({...one, volumes: null})
    const settings = settingsFrom(
      Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [
          name,
          String(value).replace(/\$\{.*?\}/, 'secret'),
        ]),
      ),
    )
    const address = new URL(settings.databaseUrl!)
    expect([address.hostname, address.pathname, address.username]).toEqual([
      'database',
      `/${database.environment['POSTGRES_DB']}`,
      database.environment['POSTGRES_USER'],
    ])
    expect(Object.keys(depends_on!)).toEqual(['database'])
    // Each has a data folder of its own.
    const own = [one, two].map((service) => service.volumes.filter((mount) => !mount.endsWith(':ro')))
    expect(own).toEqual([['one:/data'], ['two:/data']])
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(['one', 'two', 'database']))
    expect(profiles).toEqual(['replicas'])
  })

  test('has nginx send requests to both servers, at their port, and listen where compose publishes it', () => {
    const mount = balancer.volumes[0]!.split(':')[0]!
    const site = readFileSync(join(root, mount), 'utf8')

    const servers = [...site.matchAll(/^ {2}server (\S+):(\d+);$/gm)].map(([, name, port]) => [
      name,
      Number(port),
    ])
    expect(servers).toEqual(['one', 'two'].map((name) => [name, docent.environment['PORT']]))
    expect(balancer.ports).toEqual([`127.0.0.1:\${PORT:-3000}:${/listen (\d+);/.exec(site)![1]}`])
    expect(Object.keys(balancer.depends_on!)).toEqual(['one', 'two'])
  })
})
