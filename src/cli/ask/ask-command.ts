import {parseArgs} from 'node:util'
import {toDocentError} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'
import {keepOthersFromWriting} from '../../native/index.ts'
import {howToRun} from '../../package/index.ts'
import {canonicalTag} from '../../text/language-tags.ts'
import {warn} from '../terminal.ts'
import {isUsageError, UsageError, usageProblem} from '../usage-error.ts'
import {askLocally} from './ask-locally.ts'
import {askServer} from './ask-server.ts'
import {print, printJson} from './print-answer.ts'

const usage = `Usage: ${howToRun('ask', '"QUESTION" [options]')}

  --json             print the whole answer as one JSON object
  --version VERSION  answer only from pages of this version of the docs
  --lang TAG         the language to answer from, as de or pt-BR (default: that of the question)
  --server URL       ask a running server instead of the local index
  --help

Exit code: 0 answered, or not in the docs; 1 the answer failed or was stopped; 2 bad usage.`

const options = {
  json: {type: 'boolean', default: false},
  version: {type: 'string'},
  lang: {type: 'string'},
  server: {type: 'string'},
  help: {type: 'boolean', short: 'h', default: false},
} as const

/** `docent ask`: asks one question from a terminal, sources first, then the answer as it is written. */
export async function run(args: readonly string[]): Promise<number> {
  keepOthersFromWriting()
  let parsed: ReturnType<typeof parseArguments>
  try {
    parsed = parseArguments(args)
  } catch (error) {
    if (!isUsageError(error)) throw error
    warn(usageProblem('ask', error))
    return 2
  }
  if (parsed.values.help) {
    console.log(usage)
    return 0
  }
  return ask(parsed.question, parsed.values)
}

/** @throws UsageError, or what `parseArgs` throws. */
function parseArguments(args: readonly string[]) {
  const {values, positionals} = parseArgs({args: [...args], allowPositionals: true, options})
  const question = positionals.join(' ').trim()
  if (values.lang !== undefined && canonicalTag(values.lang) === null) {
    throw new UsageError(
      `--lang must be a language tag such as de or pt-BR, not ${JSON.stringify(values.lang)}`,
    )
  }
  if (question === '' && !values.help) throw new UsageError('a question is needed, in quotes')
  return {values, question}
}

async function ask(
  question: string,
  {json, version, lang, server}: ReturnType<typeof parseArguments>['values'],
): Promise<number> {
  const stopping = new AbortController()
  // Ctrl-C stops the answer, which then ends as `stopped`; a second one ends the process.
  process.once('SIGINT', () => stopping.abort())
  try {
    const request = {
      question,
      version: version ?? null,
      lang: lang === undefined ? null : canonicalTag(lang),
      signal: stopping.signal,
    }
    const answer = server ? await askServer(server, request) : await askLocally(request)
    try {
      const ending = json ? await printJson(answer) : await print(answer.events)
      return ending === 'complete' || ending === 'abstained' ? 0 : 1
    } finally {
      await answer.close()
    }
  } catch (thrown) {
    const error = toDocentError(thrown)
    console.error(cleanText(error.message))
    return error.code === 'config' || error.code === 'invalid_request' ? 2 : 1
  }
}
