import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {inspect} from 'node:util'
import {toDocentError} from '../../domain/index.ts'
import {openEmbedder} from '../../embedding/index.ts'
import {
  cachingEmbedder,
  compareSets,
  meansOver,
  measureSet,
  pairWith,
  questionsToAsk,
  readBaseline,
  readSet,
  type SetQuestions,
  type SetResult,
} from '../../evaluation/index.ts'
import {escapedJson} from '../../lib/clean-text.ts'
import {loadSettings} from '../../settings/index.ts'
import {printText, warn} from '../terminal.ts'
import {isUsageError, usageProblem} from '../usage-error.ts'
import {missedBounds} from './bounds.ts'
import {asksGolden, dataDirOf, type EvalOptions, parseOptions, usage} from './options.ts'
import {showAblation, showComparison, showEvaluation} from './show.ts'
import {showSets} from './show-sets.ts'
import {StoppedError, stopOnSignals} from './stop-on-signals.ts'
import {copyStoredGolden, type StoredGolden} from './stored-golden.ts'

/**
 * `docent eval`: measures retrieval and quoted answers with question sets over folders of Markdown, using the code that
 * serves answers.
 */
export async function run(args: readonly string[]): Promise<number> {
  const stopSignal = stopOnSignals()
  // A reader such as `head` closes the pipe when it has read enough. That is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  let golden: StoredGolden | null = null
  try {
    const {databaseUrl} = asksGolden(args) ? loadSettings() : {databaseUrl: null}
    if (databaseUrl !== null) golden = await copyStoredGolden(databaseUrl)
    const options = parseOptions(args, loadSettings, golden?.file)
    if (options !== 'help') return await evaluateAndShow(options, stopSignal)
    console.log(usage)
    return 0
  } catch (error) {
    if (error instanceof StoppedError) {
      warn(error.message)
      return error.code
    }
    if (isUsageError(error)) {
      warn(usageProblem('eval', error))
      return 2
    }
    const failure = toDocentError(error)
    warn(failure.code === 'internal' ? inspect(failure) : failure.message)
    return failure.code === 'invalid_request' || failure.code === 'config' ? 2 : 1
  } finally {
    await golden?.remove()
  }
}

async function evaluateAndShow(options: EvalOptions, stopSignal: AbortSignal): Promise<number> {
  const {baseline: file, bounds} = options
  // Files that cannot be read are reported before hours of work, not after.
  const given = await Promise.all(options.sets.map((set) => readSet(set, options)))
  for (const note of given.flatMap(({notes}) => notes)) warn(note)
  const baseline = file === null ? null : await readBaseline(file, options.allSets !== null)
  const pairing = baseline === null ? null : pairWith(baseline, questionsToAsk(options.sets, given), file!)
  const measured = await measureAll(options, given, stopSignal)
  const comparison = baseline === null ? null : compareSets(baseline, measured)
  const missed = missedBounds(bounds, measured)
  const extra = {
    ...(comparison === null ? {} : {comparison, pairing}),
    missed: missed.map(({name, value, isMinimum, figure}) => ({
      name,
      [isMinimum ? 'min' : 'max']: value,
      value: figure,
    })),
  }
  const [single] = measured
  const output =
    options.allSets === null
      ? {...single, ...extra}
      : {
          sets: measured.map((set) =>
            baseline === null ? set : {...set, comparison: compareSets(baseline, [set])},
          ),
          means: meansOver(measured),
          ...extra,
        }
  const text = `${escapedJson(JSON.stringify(output, null, 2))}\n`
  if (options.out !== null) await writeFile(options.out, text)
  if (options.json) process.stdout.write(text)
  else {
    if (options.allSets !== null) printText(showSets(measured))
    else if (single !== undefined)
      printText(showEvaluation(single, {worst: options.worst, answers: single.answers ?? null}))
    if (comparison !== null && pairing !== null) printText(showComparison(comparison, pairing))
    if (single?.ablation !== undefined) printText(showAblation(single, single.ablation))
  }
  for (const {name, value, isMinimum, figure} of missed) {
    const problem =
      figure === null
        ? 'was not measured'
        : `is ${figure.toFixed(4)}, ${isMinimum ? 'below' : 'above'} ${value}`
    warn(`${name} ${problem}`)
  }
  return missed.length > 0 ? 1 : 0
}

/** Measures one set and one question at a time, so the times are those of a single visitor. */
async function measureAll(
  options: EvalOptions,
  given: readonly SetQuestions[],
  stopSignal: AbortSignal,
): Promise<SetResult[]> {
  const settings = loadSettings()
  const model = options.model ?? settings.embeddingModel
  const modelsDir = join(settings.dataDir, 'models')
  const outOfDomain = options.cross ? await outOfDomainQuestions(options) : null
  const embedder = await openEmbedder({model, cacheDir: modelsDir})
  const caching = cachingEmbedder(embedder)
  try {
    const measured: SetResult[] = []
    for (const [index, set] of options.sets.entries()) {
      measured.push(
        await measureSet(set, given[index]!, {
          ...options,
          embedder,
          cachingEmbedder: caching,
          model,
          modelsDir,
          gitTokens: settings.gitTokens,
          dataDir: dataDirOf(options, set),
          outOfDomain: outOfDomain?.filter((other) => other.set !== set.name) ?? null,
          onNote: warn,
          signal: stopSignal,
        }),
      )
    }
    return measured
  } finally {
    await embedder.close()
  }
}

/** The questions of each set, to be asked over the docs of the others. */
function outOfDomainQuestions({allSets}: EvalOptions) {
  return Promise.all(
    (allSets ?? []).map(async (set) => ({
      set: set.name ?? '',
      questions: (await readSet(set, {noHistory: false})).questions,
    })),
  )
}
