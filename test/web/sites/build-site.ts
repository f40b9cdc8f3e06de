import {execFile} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import matter from 'gray-matter'
import {packageRoot} from '../../../src/package/index.ts'
import type {SiteKind} from './site-kind.ts'

const run = promisify(execFile)

export const fixtures = join(packageRoot, 'test/fixtures/guest-sites')

export interface BuiltSite {
  /** The project, in a new folder that the caller removes. */
  readonly project: string
  /** The folder with the site's files. */
  readonly output: string
}

/** Why the site cannot be built on this machine; null if it can. In CI, where all is installed, it fails instead. */
export async function obstacleTo({name, from}: SiteKind): Promise<string | null> {
  if (process.env['CI'] !== undefined) return null
  const isDebian = from !== 'lock' && 'debian' in from
  const [program, ...args] = isDebian ? (from.works ?? [from.debian, '--help']) : []
  const works = program !== undefined ? run(program, args) : run('npm', ['view', 'vitepress', 'version'])
  const reason = isDebian
    ? `the Debian package ${from.debian} is not installed`
    : 'the npm registry does not answer'
  return works.then(
    () => null,
    () => `The site of ${name} is not tried: ${reason}.`,
  )
}

/**
 * Builds the small documentation of the fixtures as a site of this kind.
 * @throws Error with the output of a program that fails
 */
export async function buildSite(kind: SiteKind): Promise<BuiltSite> {
  const project = mkdtempSync(join(tmpdir(), `docent-site-${kind.name}-`))
  cpSync(join(fixtures, kind.name), project, {recursive: true})
  for (const name of readdirSync(join(fixtures, 'pages'))) {
    const file = join(project, kind.pages, kind.nameOf?.(name) ?? name)
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, pageFor(kind, readFileSync(join(fixtures, 'pages', name), 'utf8')))
  }
  await install(kind, project)
  const [program, ...args] = kind.build
  // Vitest's own variables: Astro would take the build for one of development, without its search.
  const {DEV, PROD, MODE, SSR, BASE_URL, TEST, VITEST, ...outside} = process.env
  const env = {
    ...outside,
    ASTRO_TELEMETRY_DISABLED: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
  }
  await run(program, args, {cwd: project, env, maxBuffer: 64 * 1024 * 1024})
  return {project, output: join(project, kind.output)}
}

/** The page with its title as its first heading, where the generator shows no other. */
function pageFor({needsHeading}: SiteKind, text: string): string {
  const {data, content} = matter(text)
  return needsHeading ? matter.stringify(`# ${data['title']}\n${content}`, data) : text
}

async function install({from}: SiteKind, project: string): Promise<void> {
  if (from !== 'lock' && 'debian' in from) return
  const what = from === 'lock' ? ['ci'] : ['install', '--save-exact', ...from.packages]
  if (!existsSync(join(project, 'package.json')))
    writeFileSync(join(project, 'package.json'), '{"private": true}')
  await run('npm', [...what, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: project,
  })
}
