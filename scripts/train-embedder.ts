/**
 * Trains an embedding model such as the one in `models/`.
 *
 * Run with: npm run train-embedder -- --sections FILE… --out DIR [options], see `usage`.
 */
import {existsSync, readFileSync} from 'node:fs'
import {availableParallelism} from 'node:os'
import {basename, dirname, join} from 'node:path'
import {parseArgs} from 'node:util'
import {Presets, SingleBar} from 'cli-progress'
import {DocentError} from '../src/domain/index.ts'
import {trainEmbedder} from '../tools/train-embedder/train-embedder.ts'
import {defaultTrainingOptions, type TrainingOptions} from '../tools/train-embedder/train-table.ts'

const defaults = defaultTrainingOptions

const usage = `Usage: npm run train-embedder -- --sections FILE… --out DIR [options]

Trains a static embedding model on documentation sections and writes its folder, ready for EMBEDDING_MODEL.

  --sections FILE…   JSON lines of {source, path, title, headings, text}, plain or .gz; may be repeated
  --out DIR          the model's folder
  --epochs N         passes over all sections (default: ${defaults.epochs})
  --dimensions N     length of the vectors, a multiple of 8 (default: ${defaults.dimensions})
  --vocabulary N     word-pieces, at most 65,535 (default: ${defaults.vocabulary})
  --batch N          pairs per batch (default: ${defaults.batch})
  --rate N           learning rate (default: ${defaults.learningRate})
  --temperature N    temperature of the loss (default: ${defaults.temperature})
  --seed N           seed of all random numbers (default: ${defaults.seed})
  --threads N        default: the number of cores, at most ${defaults.threads}
  --sources FILE     Markdown for the model card: the sources and their licences
                     (default: SOURCES.md beside the first file of sections)
  --figures FILE     Markdown for the model card: what was measured
  --json             one report object on standard output
  --help

Exit: 0 written; 1 failed, nothing written; 2 bad usage.`

const options = {
  sections: {type: 'string', multiple: true},
  out: {type: 'string'},
  epochs: {type: 'string'},
  dimensions: {type: 'string'},
  vocabulary: {type: 'string'},
  batch: {type: 'string'},
  rate: {type: 'string'},
  temperature: {type: 'string'},
  seed: {type: 'string'},
  threads: {type: 'string'},
  sources: {type: 'string'},
  figures: {type: 'string'},
  json: {type: 'boolean', default: false},
  help: {type: 'boolean', short: 'h', default: false},
} as const

type Values = ReturnType<typeof parseArgs<{options: typeof options}>>['values']

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let values: Values
  let sections: readonly string[]
  let training: TrainingOptions
  try {
    const parsed = parseArgs({args: [...args], options, allowPositionals: true})
    values = parsed.values
    if (values.help) {
      console.log(usage)
      return 0
    }
    // Arguments after `--sections FILE` without an option name are more files.
    sections = [...(values.sections ?? []), ...parsed.positionals]
    training = trainingOf(values)
    if (sections.length === 0) throw new Error('--sections is missing')
    if (values.out === undefined) throw new Error('--out is missing')
    const absent = [...sections, values.sources, values.figures].filter(
      (file): file is string => file !== undefined && !existsSync(file),
    )
    if (absent.length > 0) throw new Error(`no such file: ${absent.join(', ')}`)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage.split('\n')[0]}; --help lists them.`)
    return 2
  }

  const bar = process.stderr.isTTY
    ? new SingleBar(
        {format: '{bar} {percentage}% | loss {loss} | {eta_formatted} left', stream: process.stderr},
        Presets.shades_classic,
      )
    : null
  let isBarOn = false
  try {
    const beside = join(dirname(sections[0]!), 'SOURCES.md')
    const report = await trainEmbedder({
      sections,
      out: values.out,
      training,
      command: commandOf(sections, values.out, training),
      sources: tableOf(values.sources ?? (existsSync(beside) ? beside : undefined)),
      figures: values.figures === undefined ? null : readFileSync(values.figures, 'utf8'),
      onProgress(progress) {
        if (progress.stage === 'vocabulary') {
          console.error(`${progress.sections} sections read; learning the vocabulary`)
        } else if (progress.stage === 'pieces') {
          console.error(`${progress.vocabulary} word-pieces; tokenising the sections`)
        } else if (bar) {
          if (!isBarOn) bar.start(progress.steps, 0, {loss: '-'})
          isBarOn = true
          bar.update(progress.step, {loss: progress.loss.toFixed(3)})
        } else if (progress.step % Math.ceil(progress.steps / 10) === 0) {
          console.error(`step ${progress.step} of ${progress.steps}, loss ${progress.loss.toFixed(3)}`)
        }
      },
    })
    bar?.stop()
    const size = `${(report.bytes / 1e6).toFixed(1)} MB`
    if (values.json) console.log(JSON.stringify(report))
    else {
      console.log(`${values.out}: ${report.vocabulary} word-pieces, ${size}, loss ${report.loss.toFixed(3)}`)
      console.log(`Use it: EMBEDDING_MODEL=${values.out} npm run ingest`)
    }
    return 0
  } catch (error) {
    bar?.stop()
    if (!(error instanceof DocentError)) throw error
    console.error(error.message)
    return 1
  }
}

function trainingOf(values: Values): TrainingOptions {
  const number = (name: keyof typeof options, fallback: number, min: number, max: number): number => {
    const text = values[name]
    if (text === undefined) return fallback
    const value = Number(text)
    if (!(value >= min && value <= max)) throw new Error(`--${name} must be a number from ${min} to ${max}`)
    return value
  }
  const whole = (name: keyof typeof options, fallback: number, min: number, max: number): number => {
    const value = number(name, fallback, min, max)
    if (!Number.isInteger(value)) throw new Error(`--${name} must be a whole number`)
    return value
  }
  const dimensions = whole('dimensions', defaults.dimensions, 8, 1024)
  if (dimensions % 8 !== 0) throw new Error('--dimensions must be a multiple of 8')
  return {
    ...defaults,
    dimensions,
    epochs: number('epochs', defaults.epochs, 0.01, 1000),
    vocabulary: whole('vocabulary', defaults.vocabulary, 100, 65_535),
    batch: whole('batch', defaults.batch, 2, 8192),
    learningRate: number('rate', defaults.learningRate, 1e-6, 10),
    temperature: number('temperature', defaults.temperature, 0.001, 1),
    seed: whole('seed', defaults.seed, 0, 2 ** 32 - 1),
    threads: whole('threads', Math.min(defaults.threads, availableParallelism()), 1, 64),
  }
}

/** The command without folder names, so that it is the same on every machine. */
function commandOf(sections: readonly string[], out: string, training: TrainingOptions): string {
  const {epochs, dimensions, vocabulary, batch, learningRate, temperature, seed} = training
  return [
    'npm run train-embedder -- --sections',
    ...sections.map((file) => basename(file)),
    `--out ${basename(out)}`,
    `--epochs ${epochs} --dimensions ${dimensions} --vocabulary ${vocabulary} --batch ${batch}`,
    `--rate ${learningRate} --temperature ${temperature} --seed ${seed}`,
  ].join(' ')
}

/** The first table of a Markdown file, which lists the sources of the text. */
function tableOf(file: string | undefined): string | null {
  if (file === undefined) return null
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
  return rows.length > 0 ? rows.join('\n') : null
}
