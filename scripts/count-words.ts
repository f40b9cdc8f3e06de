/**
 * Makes the table of word frequencies in `models/technical-english`.
 *
 * Run with: npm run count-words -- --sections FILE… --out DIR, see `usage`.
 */
import {existsSync, readFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {parseArgs} from 'node:util'
import {DocentError} from '../src/domain/index.ts'
import {countWords} from '../tools/count-words/count-words.ts'

const usage = `Usage: npm run count-words -- --sections FILE… --out DIR [--sources FILE]

Counts how usual each word is in documentation and writes the table, with a README, to DIR.

  --sections FILE…   JSON lines of {source, path, title, headings, text}, plain or .gz; may be repeated
  --out DIR          the folder of the table
  --sources FILE     Markdown for the README: the sources and their licences
                     (default: SOURCES.md beside the first file of sections)
  --help

Exit: 0 written; 1 failed, nothing written; 2 bad usage.`

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseArgs({
    args: [...args],
    options: {
      sections: {type: 'string', multiple: true},
      out: {type: 'string'},
      sources: {type: 'string'},
      help: {type: 'boolean', short: 'h', default: false},
    },
    allowPositionals: true,
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const sections = [...(values.sections ?? []), ...positionals]
  const first = sections[0]
  if (first === undefined || values.out === undefined) {
    console.error(usage)
    return 2
  }
  const beside = join(dirname(first), 'SOURCES.md')
  const sources = values.sources ?? (existsSync(beside) ? beside : undefined)
  try {
    const report = await countWords({
      sections,
      out: values.out,
      command: `npm run count-words -- --sections ${sections.map((file) => basename(file)).join(' ')} --out ${basename(values.out)}`,
      sources: sources === undefined ? null : tableOf(readFileSync(sources, 'utf8')),
    })
    console.log(`${values.out}: ${report.words} words of ${report.sections} sections, ${report.bytes} bytes`)
    return 0
  } catch (error) {
    if (!(error instanceof DocentError)) throw error
    console.error(error.message)
    return 1
  }
}

/** The first table of a Markdown file, which lists the sources of the text. */
function tableOf(markdown: string): string {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .join('\n')
}
