/**
 * The benchmarks.
 *
 * Run with: npm run bench -- [NAME…] [--json] [--quick] [--sizes N,N] [--seed N] [--content DIR] [--beside COMMIT]
 */
import {cpus, loadavg} from 'node:os'
import {parseArgs} from 'node:util'
import {type BenchOptions, type BenchReport, formatBenchReport} from './bench/report.ts'

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  ingest: async (options) => (await import('./bench/ingest.ts')).runIngestBench(options),
  retrieval: async (options) => (await import('./bench/retrieval.ts')).runRetrievalBench(options),
  streaming: async (options) => (await import('./bench/streaming.ts')).runStreamingBench(options),
  staff: async (options) => (await import('./bench/staff.ts')).runStaffBench(options),
  transcripts: async (options) => (await import('./bench/transcripts.ts')).runTranscriptsBench(options),
  page: async (options) => (await import('./bench/page.ts')).runPageBench(options),
  hostile: async (options) => (await import('./bench/hostile.ts')).runHostileBench(options),
}

const usage = `Usage: npm run bench -- [NAME…] [--json] [--quick] [--sizes N,N] [--seed N] [--content DIR] [--beside COMMIT]

Names: ${Object.keys(benches).join(', ')}; default: all. --quick uses smaller inputs.
ingest takes the Markdown of --content instead of synthetic pages, and runs Docent at the commit --beside by turns.`

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const options = {
    json: {type: 'boolean', default: false},
    quick: {type: 'boolean', default: false},
    sizes: {type: 'string'},
    seed: {type: 'string', default: '1'},
    content: {type: 'string'},
    beside: {type: 'string'},
    help: {type: 'boolean', short: 'h', default: false},
  } as const
  let given: ReturnType<typeof parseArgs<{options: typeof options; allowPositionals: true}>>
  try {
    given = parseArgs({args: [...args], options, allowPositionals: true})
    const unknown = given.positionals.find((name) => !Object.hasOwn(benches, name))
    if (unknown !== undefined) throw new Error(`there is no benchmark ${JSON.stringify(unknown)}`)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
  const {values, positionals} = given
  if (values.help) {
    console.log(usage)
    return 0
  }
  const sizes = values.sizes?.split(',').map(Number) ?? null
  if (sizes?.some((size) => !Number.isInteger(size) || size < 1) || !/^\d+$/.test(values.seed)) {
    console.error(`--sizes takes whole numbers separated by commas, --seed one whole number\n\n${usage}`)
    return 2
  }
  const benchOptions = {
    quick: values.quick,
    sizes,
    seed: Number(values.seed),
    content: values.content ?? null,
    beside: values.beside ?? null,
    log: (line: string) => console.error(line),
  }
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpus: cpus().length,
    cpu: cpus()[0]?.model ?? null,
    /** Load average of the last minute; if it is high, the figures are those of a shared machine. */
    loadBefore: loadavg()[0] ?? null,
  }
  const reports: BenchReport[] = []
  for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
    const report = await benches[name]!(benchOptions)
    reports.push(report)
    if (!values.json) console.log(`${formatBenchReport(report)}\n`)
  }
  if (values.json) console.log(JSON.stringify({machine, reports}))
  else
    console.log(
      `Node ${machine.node}, ${machine.platform}, ${machine.cpus} cores (${machine.cpu}), load before: ${machine.loadBefore?.toFixed(1)}`,
    )
  return 0
}
