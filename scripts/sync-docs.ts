/**
 * Writes the generated parts of README.md and content/: the text between `<!-- generated: NAME -->` and
 * `<!-- /generated -->`. Run with: npm run sync-docs, or with -- --check to fail if a part is out of date. It always
 * fails if a page, or the meaning of a setting, names a route that the server does not have. It also writes the schemas of
 * what the HTTP API answers, from its types.
 */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {parseArgs} from 'node:util'
import {packageRoot} from '../src/package/index.ts'
import {settingsTable} from '../src/settings/settings.ts'
import {responseSchemasJson} from './openapi/response-schemas.ts'
import {generators} from './sync-docs/generators.ts'
import {unknownRoutesIn} from './sync-docs/unknown-routes.ts'

const root = packageRoot

/** @throws Error for a marker with an unknown name. */
function synced(text: string, file: string): string {
  return text.replace(/<!-- generated: (\w+) -->\n[\s\S]*?<!-- \/generated -->/g, (_, name: string) => {
    const generate = generators[name]
    if (!generate) throw new Error(`${file}: there is no generated part called ${name}`)
    return `<!-- generated: ${name} -->\n${generate(root)}\n<!-- /generated -->`
  })
}

const {values} = parseArgs({options: {check: {type: 'boolean', default: false}}})
const content = readdirSync(join(root, 'content'), {recursive: true, encoding: 'utf8'}).filter((file) =>
  file.endsWith('.md'),
)
const stale: string[] = []
const wrong = settingsTable.flatMap(({name, meaning}) =>
  unknownRoutesIn(meaning, {pathsAlone: true}).map((route) => `the meaning of ${name} names ${route}`),
)

for (const file of [join(root, 'README.md'), ...content.map((name) => join(root, 'content', name))]) {
  const before = readFileSync(file, 'utf8')
  const after = synced(before, relative(root, file))
  for (const route of unknownRoutesIn(after)) wrong.push(`${relative(root, file)} names ${route}`)
  if (after === before) continue
  stale.push(relative(root, file))
  if (!values.check) writeFileSync(file, after)
}

const schemas = 'src/http/openapi/response-schemas.json'
const schemasJson = responseSchemasJson(root)
if (readFileSync(join(root, schemas), 'utf8') !== schemasJson) {
  stale.push(schemas)
  if (!values.check) writeFileSync(join(root, schemas), schemasJson)
}

if (wrong.length > 0) {
  console.error(`There is no such route in src/http/routes.ts:\n  ${wrong.join('\n  ')}`)
  process.exitCode = 1
}
if (values.check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run: npm run sync-docs`)
  process.exitCode = 1
} else {
  console.log(stale.length === 0 ? 'The generated parts are up to date.' : `Updated ${stale.join(', ')}.`)
}
